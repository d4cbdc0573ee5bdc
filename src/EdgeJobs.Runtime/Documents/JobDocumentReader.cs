using System.Text.Json;

namespace EdgeJobs.Runtime.Documents;

/// <summary>
/// Reads a job document: schema "1.0", which AWS's managed templates generate, or the older one without version. A pure
/// function: whether a handler or a user exists is found out when the step runs.
/// </summary>
public static class JobDocumentReader
{
    /// <summary>The only schema version there is.</summary>
    public const string Version = "1.0";

    /// <summary>Reads and checks a document.</summary>
    /// <param name="utf8Json">The document in UTF-8; empty when the execution came without one.</param>
    /// <returns>A plan, or every fault with its place. Never throws for what a document holds.</returns>
    public static DocumentResult Read(ReadOnlyMemory<byte> utf8Json)
    {
        FaultList faults = new(utf8Json);
        JobDocumentJson? json = Parse(utf8Json, faults);
        JobPlan? plan = json is null ? null : json.Version.State == FieldState.Absent ? ReadLegacy(json, faults) : ReadVersioned(json, faults);
        return plan is not null && faults.IsEmpty ? new DocumentResult(plan) : new DocumentResult(faults.ToList());
    }

    private static JobDocumentJson? Parse(ReadOnlyMemory<byte> utf8Json, FaultList faults)
    {
        if (utf8Json.IsEmpty)
        {
            faults.Add(string.Empty, "the job has no document", 0);
            return null;
        }

        try
        {
            Utf8JsonReader reader = new(utf8Json.Span);
            if (reader.Read() && reader.TokenType != JsonTokenType.StartObject)
            {
                faults.Add(string.Empty, "the document must be a JSON object", 0);
                return null;
            }

            return JsonSerializer.Deserialize(utf8Json.Span, JobDocumentJsonContext.Default.JobDocumentJson);
        }
        catch (JsonException e) when (e.InnerException is InvalidOperationException)
        {
            faults.Add(string.Empty, "a string in the document is not valid Unicode", OffsetOf(utf8Json.Span, e));
            return null;
        }
        catch (JsonException e)
        {
            faults.Add(string.Empty, $"not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", OffsetOf(utf8Json.Span, e));
            return null;
        }
    }

    private static JobPlan? ReadVersioned(JobDocumentJson json, FaultList faults)
    {
        if (!json.Version.IsPresent)
        {
            faults.AddWrong("version", "the string \"1.0\"", json.Version);
        }
        else if (json.Version.Value != Version)
        {
            faults.Add("version", $"'{json.Version.Value}' is not known; this agent understands \"{Version}\"", json.Version.Offset);
        }

        // Running the steps of a board that the conditions would leave out is worse than refusing them.
        if (json.Conditions.State == FieldState.Wrong)
        {
            faults.AddWrong("conditions", "an array", json.Conditions);
        }
        else if (json.Conditions.Value > 0)
        {
            faults.Add("conditions", "this agent can't evaluate conditions; target a thing group instead", json.Conditions.Offset);
        }

        StepReader steps = new(faults);
        List<StepPlan> plans = [];
        if (json.Steps.State == FieldState.Wrong)
        {
            faults.AddWrong("steps", "an array", json.Steps);
        }
        else if (json.Steps.Value is not { Count: > 0 } elements)
        {
            faults.Add("steps", "missing; at least one step is needed", json.Steps.Offset);
        }
        else
        {
            for (int i = 0; i < elements.Count; i++)
            {
                Add(plans, steps.Read($"steps[{i}]", elements[i], isFinal: false));
            }
        }

        if (json.FinalStep.State != FieldState.Absent)
        {
            Add(plans, steps.Read("finalStep", json.FinalStep, isFinal: true));
        }

        return new JobPlan { Steps = plans, IncludeStdOut = Flag("includeStdOut", json.IncludeStdOut, faults) };
    }

    private static JobPlan? ReadLegacy(JobDocumentJson json, FaultList faults)
    {
        if (json.Operation.State == FieldState.Absent)
        {
            faults.Add(string.Empty, $"has neither \"version\": \"{Version}\" nor \"operation\"; nothing says what to run", 0);
            return null;
        }

        StepReader reader = new(faults);
        if (reader.Text("operation", json.Operation) is not { } operation)
        {
            return null;
        }

        StepPlan step = new()
        {
            Name = operation,
            Action = new StepAction.RunHandler(operation, reader.Texts("args", json.Args), reader.OptionalText("path", json.Path), PassesUser: false),
            AllowStdErr = reader.Count("allowStdErr", json.AllowStdErr),
        };
        return new JobPlan { Steps = [step], IncludeStdOut = Flag("includeStdOut", json.IncludeStdOut, faults), IsLegacy = true };
    }

    private static bool Flag(string path, Field<bool> field, FaultList faults)
    {
        if (field.State == FieldState.Wrong)
        {
            faults.AddWrong(path, "true or false", field);
        }

        return field.Value;
    }

    private static void Add(List<StepPlan> plans, StepPlan? plan)
    {
        if (plan is not null)
        {
            plans.Add(plan);
        }
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
