using System.Collections.Concurrent;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Documents of many shapes generate code that compiles without a warning, and that reads what their schemas allow.</summary>
public sealed class CorpusTests
{
    private const int Payloads = 40;

    private static readonly IReadOnlyList<DocumentFiles> Corpus = DocumentFiles.Corpus();
    private static readonly ConcurrentDictionary<string, Lazy<DocumentBatch>> Batches = [];

    public static TheoryData<string> Names => [.. Corpus.Select(document => document.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_document_has_only_the_expected_omissions_and_its_code_compiles_without_a_warning(string name)
    {
        DocumentFiles document = Find(name);
        foreach (string role in new[] { "Application", "Peer" })
        {
            DocumentBatch batch = Batch(role);
            string[] found = batch.DiagnosticsOf(document);
            Assert.True(document.Expected.SequenceEqual(found), string.Join("\n", found));
            Assert.Equal("", string.Join("\n", batch.WarningsOf(document)));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_schema_validator_and_the_generated_code_agree_on_random_payloads(string name)
    {
        DocumentFiles document = Find(name);
        (List<string> faults, _) = PayloadCheck.Run(document, Batch("Application"), name.Length, Payloads);
        Assert.True(faults.Count == 0, string.Join("\n", faults));
    }

    private static DocumentFiles Find(string name) => Corpus.Single(document => document.Name == name);

    private static DocumentBatch Batch(string role) =>
        Batches.GetOrAdd(role, _ => new Lazy<DocumentBatch>(() => new DocumentBatch(Corpus, ("Role", role), ("Client", "true")))).Value;
}
