using System.Text.Json;
using System.Text.Unicode;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>
/// Reads job documents: the built-in kinds (steps, and one legacy handler) and those of the agent's own operations. It does not check that
/// users and programs exist; a step does so when it runs.
/// </summary>
internal sealed class JobDocumentReader
{
    private readonly DocumentKind[] _kinds;

    /// <param name="own">The agent's own operations.</param>
    /// <param name="findFault">Returns why a handler can't run, or null if it can; null to leave that check to the step.</param>
    internal JobDocumentReader(IEnumerable<DocumentKind> own, Func<StepAction.RunHandler, string?>? findFault = null) =>
        _kinds = [.. own, new StepsDocument(), new LegacyDocument(findFault)];

    /// <summary>Reads the built-in kinds.</summary>
    public static JobDocumentReader BuiltIn { get; } = new([]);

    /// <summary>Reads and checks a document.</summary>
    /// <param name="utf8Json">The document in UTF-8; empty if the execution has none.</param>
    /// <returns>A plan, or the first faults with their places. Never throws because of the document's content.</returns>
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

            // Most documents have no fault and need no places.
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
            string message = $"not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            faults.Add(string.Empty, message, OffsetOf(utf8Json.Span, e));
        }
        catch (InvalidOperationException)
        {
            // JsonElement throws this for a lone surrogate in a string.
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
        DocumentKind[] named = Array.FindAll(_kinds, k => k.Operation.Value is not null);
        string known = named.Join(k => $"\"{k.Operation.Member}\": \"{k.Operation.Value}\"");
        return "has neither \"version\": \"1.0\" nor \"operation\"; it does not say what to run"
            + (known.Length == 0 ? "" : $". This agent also knows {known}");
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
