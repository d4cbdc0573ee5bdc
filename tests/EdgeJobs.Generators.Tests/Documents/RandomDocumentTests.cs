using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.Fuzz;
using EdgeJobs.Fuzz.Specs;
using Xunit.Abstractions;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>
/// Random documents of every feature generate code that compiles without a warning, and a schema validator agrees with it on random
/// payloads. <c>EDGEJOBS_TEST_DOCUMENTS=10000</c> and <c>EDGEJOBS_TEST_SEED=1</c> choose the number of documents and the seed,
/// <c>EDGEJOBS_TEST_PAYLOADS=8</c> the number of payloads of each message.
/// </summary>
public sealed class RandomDocumentTests(ITestOutputHelper output)
{
    private const int BatchSize = 40;

    /// <summary>At least so many of 100 documents are generated in full.</summary>
    private const int Complete = 50;

    /// <summary>
    /// At most so many of 100 documents choose a C# name that is not valid, or the same one twice; no others are refused.
    /// </summary>
    private const int BadlyNamed = 12;

    [Fact]
    public void Random_documents_compile_without_a_warning_and_agree_with_the_judge()
    {
        int count = Option("EDGEJOBS_TEST_DOCUMENTS", 160);
        int payloads = Option("EDGEJOBS_TEST_PAYLOADS", 8);
        ulong seed = (ulong)Option("EDGEJOBS_TEST_SEED", 20261130);
        output.WriteLine($"seed {seed}, {count} documents");
        int complete = 0;
        List<string> refused = [];
        int badlyNamed = 0;
        int valid = 0;
        List<string> faults = [];
        List<string> omitted = [];
        for (int from = 0; from < count && faults.Count == 0; from += BatchSize)
        {
            DocumentFiles[] documents = [.. Enumerable.Range(from, Math.Min(BatchSize, count - from)).Select(n => Make(seed, n))];
            DocumentBatch batch = new(documents, ("Role", from / BatchSize % 2 == 0 ? "Application" : "Peer"));
            foreach (DocumentFiles document in documents)
            {
                string[] omissions = batch.DiagnosticsOf(document);
                complete += omissions.Length == 0 ? 1 : 0;
                omitted.AddRange(omissions.Select(o => o.Split(' ')[1]).Distinct());
                string[] errors = batch.ErrorsOf(document);
                List<string> found = [.. batch.WarningsOf(document)];
                if (errors.Length > 0 && errors.All(IsOfChosenName))
                {
                    badlyNamed++;
                }
                else if (errors.Length > 0)
                {
                    refused.Add(document.Name + " " + errors.First(e => !IsOfChosenName(e)));
                }

                if (payloads > 0 && found.Count == 0 && omissions.Length == 0)
                {
                    (List<string> wrong, int read) = PayloadCheck.Run(document, batch, document.Name.Length, payloads);
                    found.AddRange(wrong);
                    valid += read;
                }

                if (found.Count > 0)
                {
                    faults.Add(string.Join("\n", [$"document {document.Name} of seed {seed}:", .. found.Take(5), document.Files[document.Main]]));
                }
            }
        }

        output.WriteLine(
            $"{complete} documents without an omission, {badlyNamed} badly named, {refused.Count} refused, {valid} valid payloads");
        output.WriteLine("documents with " + string.Join(", ", omitted.CountBy(id => id).Select(count => count.Key + " " + count.Value)));
        output.WriteLine(string.Join("\n", refused));
        Assert.True(faults.Count == 0, string.Join("\n\n", faults.Take(3)));

        // Omissions are correct, but a test of documents with nothing else would cover little.
        Assert.InRange(complete, count * Complete / 100, count);
        Assert.InRange(badlyNamed, 0, count * BadlyNamed / 100);
        Assert.Empty(refused);
    }

    private static bool IsOfChosenName(string error) =>
        error.Contains("write a C# name", StringComparison.Ordinal)
        || error.Contains(" EJ0016", StringComparison.Ordinal)
        || error.Contains(" EJ0017", StringComparison.Ordinal);

    private static DocumentFiles Make(ulong seed, int number)
    {
        Randomness random = new();
        random.Begin(seed, number);
        JsonObject spec = new SpecMaker(random, hardness: number % 4 == 3 ? 5 : 0, isRich: true).MakeNode();
        string path = "/random/" + number.ToString(CultureInfo.InvariantCulture) + (number % 2 == 0 ? ".json" : ".yaml");
        return new DocumentFiles(
            "d" + number.ToString(CultureInfo.InvariantCulture),
            path,
            new Dictionary<string, string> { [path] = number % 2 == 0 ? spec.ToJsonString() : YamlText.Write(spec) });
    }

    private static int Option(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int chosen) ? chosen : otherwise;
}
