using System.Text.Json;
using System.Text.Unicode;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>
/// Reads job documents: those of steps and of a handler, which every agent knows, and those of the operations that it has
/// handlers for. Which users and programs exist is found out when a step runs.
/// </summary>
public sealed class JobDocumentReader
{
    private readonly DocumentKind[] _kinds;

    /// <summary>Makes a reader.</summary>
    /// <param name="own">The operations that the agent has beside those that every agent knows.</param>
    /// <param name="findFault">Says why a handler can't be run, or null when it can; null to leave that to the step.</param>
    internal JobDocumentReader(IEnumerable<DocumentKind> own, Func<StepAction.RunHandler, string?>? findFault = null) =>
        _kinds = [.. own, new StepsDocument(), new LegacyDocument(findFault)];

    /// <summary>Reads the documents that every agent knows.</summary>
    public static JobDocumentReader BuiltIn { get; } = new([]);

    /// <summary>Reads and checks a document.</summary>
    /// <param name="utf8Json">The document in UTF-8; empty when the execution came without one.</param>
    /// <returns>A plan, or the first faults with their places. Never throws for what a document holds.</returns>
    public DocumentResult Read(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.IsEmpty)
        {
            return Faulty(utf8Json, "the job has no document");
        }

        if (!Utf8.IsValid(utf8Json.Span))
        {
            return Faulty(utf8Json, "is not valid UTF-8");
        }

        FaultList? faults = null;
        JobPlan? plan = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8Json);

            // Most documents have no fault, and then nobody needs the names of places.
            FaultList any = FaultList.WithoutPlaces();
            plan = Read(document.RootElement, utf8Json, any);
            if (plan is null || !any.IsEmpty)
            {
                faults = new FaultList(utf8Json);
                plan = Read(document.RootElement, utf8Json, faults);
            }
        }
        catch (JsonException e)
        {
            faults = new FaultList(utf8Json);
            faults.Add(string.Empty, $"not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", OffsetOf(utf8Json.Span, e));
        }
        catch (InvalidOperationException)
        {
            // What JsonElement throws for a lone surrogate: any sender can write one.
            faults ??= new FaultList(utf8Json);
            faults.Add(string.Empty, "a string in the document is not valid Unicode", 0);
        }

        return plan is not null && faults is null or { IsEmpty: true } ? new DocumentResult(plan) : new DocumentResult(faults!.ToList());
    }

    private static DocumentResult Faulty(ReadOnlyMemory<byte> utf8Json, string message)
    {
        FaultList faults = new(utf8Json);
        faults.Add(string.Empty, message, 0);
        return new DocumentResult(faults.ToList());
    }

    private JobPlan? Read(JsonElement document, ReadOnlyMemory<byte> utf8Json, FaultList faults)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            faults.Add(string.Empty, "the document must be a JSON object", 0);
            return null;
        }

        if (FindKind(document) is not { } kind)
        {
            faults.Add(string.Empty, Unknown(), 0);
            return null;
        }

        DocumentChecker.Check(document, kind.Operation.Shape, faults);
        return faults.IsFull ? null : kind.Read(document, utf8Json, faults);
    }

    private DocumentKind? FindKind(JsonElement document)
    {
        foreach (DocumentKind kind in _kinds)
        {
            if (kind.IsNamedBy(document))
            {
                return kind;
            }
        }

        foreach (DocumentKind kind in _kinds)
        {
            if (kind.IsMarkedBy(document))
            {
                return kind;
            }
        }

        return null;
    }

    private string Unknown()
    {
        string known = Array.FindAll(_kinds, k => k.Operation.Value is not null).Join(k => $"\"{k.Operation.Member}\": \"{k.Operation.Value}\"");
        return $"has neither \"version\": \"1.0\" nor \"operation\"; nothing says what to run{(known.Length == 0 ? "" : $". This agent also knows {known}")}";
    }

    private static long OffsetOf(ReadOnlySpan<byte> utf8, JsonException e)
    {
        int offset = 0;
        for (long line = 0; line < (e.LineNumber ?? 0); line++)
        {
            offset += utf8[offset..].IndexOf((byte)'\n') + 1;
        }

        return offset + (e.BytePositionInLine ?? 0);
    }
}
