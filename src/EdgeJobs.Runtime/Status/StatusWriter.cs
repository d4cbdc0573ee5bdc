using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Status;

/// <summary>
/// Writes a status as text and as JSON. Parts of it come from job documents and the output of programs: <see cref="SafeText"/>
/// filters both.
/// </summary>
internal static class StatusWriter
{
    public static string ToText(AgentStatus status, DateTimeOffset now)
    {
        StringBuilder text = new();
        Line($"data directory: {status.DataDirectory}");
        Line($"installed: edgejobs {status.Build}");
        if (status.Slots is { Confirmed.Length: > 0 } slots)
        {
            Line($"updated: edgejobs {slots.Confirmed}, which runs while it is higher");
        }

        if (status.Slots?.Update is { } update)
        {
            Line($"update to {update.Version}: {PhaseOf(update)}{(update.Reason.Length == 0 ? "" : $": {update.Reason}")}");
        }

        Line(Describe(status.Agent));
        if (status.Identity is { } identity)
        {
            Line(Describe(identity));
        }

        if (status.Certificate is { } certificate)
        {
            Line($"last connected with the certificate of '{certificate.Subject}', serial number {certificate.SerialNumber}");
            Line($"  {CertificateTime.Check(certificate, now).Message}");
        }

        Line(status.Current is { } current ? Describe(current)
            : status.IsJournalKnown ? "no job is running"
            : "unknown whether a job is running");
        if (status.JournalFault is { } fault)
        {
            Line($"the journal is damaged: {fault}");
        }

        foreach (string warning in status.Faults)
        {
            Line($"warning: {warning}");
        }

        foreach (string damaged in status.DamagedJournals)
        {
            Line($"a damaged journal is kept as {damaged}");
        }

        foreach (KeptJob job in status.Jobs)
        {
            Line("");
            string end = Value(job.Result, "status") is { Length: > 0 } known ? $"{known}: {Value(job.Result, "reason")}" : "not ended";
            Line($"{job.Name}  {end}");
            Line($"  output in {job.Directory}");
            foreach (KeptStep step in job.Steps)
            {
                string how = Value(step.Members, "description") is { Length: > 0 } description
                    ? $"{description}, {Value(step.Members, "durationSeconds")} s"
                    : "result unknown";
                Line($"  step {step.Number}/{Value(step.Members, "of")} '{Value(step.Members, "name")}': {how}");
            }
        }

        return text.ToString().TrimEnd();

        void Line(string line) => text.AppendLine(SafeText.Of(line));
    }

    public static string ToJson(AgentStatus status, DateTimeOffset now)
    {
        ArrayBufferWriter<byte> buffer = new();
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(buffer, options))
        {
            writer.WriteStartObject();
            writer.WriteString("dataDirectory", status.DataDirectory);
            writer.WriteString("installed", status.Build);
            if (status.Slots is { Confirmed.Length: > 0 } slots)
            {
                writer.WriteString("updated", slots.Confirmed);
            }

            if (status.Slots?.Update is { } update)
            {
                writer.WriteStartObject("update");
                writer.WriteString("version", update.Version);
                writer.WriteString("state", PhaseOf(update));
                writer.WriteString("reason", update.Reason);
                writer.WriteEndObject();
            }

            if (status.Agent is { } agent)
            {
                writer.WriteStartObject("agent");
                writer.WriteNumber("processId", agent.ProcessId);
                if (agent.IsConnected is { } isConnected)
                {
                    writer.WriteBoolean("connected", isConnected);
                }

                writer.WriteEndObject();
            }

            if (status.Identity is { } identity)
            {
                writer.WriteStartObject("identity");
                writer.WriteBoolean("complete", identity.IsComplete);
                WriteIfKnown(writer, "thingName", identity.ThingName);
                WriteIfKnown(writer, "certificateId", identity.CertificateId);
                WriteIfKnown(writer, "template", identity.Template);
                WriteIfKnown(writer, "provisionedAt", identity.ProvisionedAt is { } at ? Time(at) : null);
                writer.WriteEndObject();
            }

            if (status.Certificate is { } certificate)
            {
                writer.WriteStartObject("certificate");
                CertificateStatusFile.WriteMembers(writer, certificate);
                writer.WriteNumber("daysLeft", (int)Math.Floor((certificate.NotAfter - now).TotalDays));
                writer.WriteString("state", CertificateTime.Check(certificate, now).Outcome switch
                {
                    CheckOutcome.Passed => "valid",
                    CheckOutcome.Warning => "expiring",
                    _ => now < certificate.NotBefore ? "not yet valid" : "expired",
                });
                writer.WriteEndObject();
            }

            if (status.Current is { } current)
            {
                writer.WriteStartObject("current");
                writer.WriteString("thingName", current.ThingName);
                writer.WriteString("jobId", current.JobId);
                writer.WriteNumber("executionNumber", current.ExecutionNumber);
                writer.WriteNumber("stepsDone", current.StepsDone);
                if (current.Step > 0)
                {
                    writer.WriteNumber("step", current.Step);
                    writer.WriteNumber("attempt", current.Attempt);
                }

                WriteIfKnown(writer, "outcome", current.Outcome);
                writer.WriteEndObject();
            }

            WriteIfKnown(writer, "journalFault", status.JournalFault);
            if (status.Faults.Count > 0)
            {
                writer.WriteStartArray("faults");
                foreach (string warning in status.Faults)
                {
                    writer.WriteStringValue(warning);
                }

                writer.WriteEndArray();
            }

            writer.WriteStartArray("damagedJournals");
            foreach (string damaged in status.DamagedJournals)
            {
                writer.WriteStringValue(damaged);
            }

            writer.WriteEndArray();
            writer.WriteStartArray("jobs");
            foreach (KeptJob job in status.Jobs)
            {
                writer.WriteStartObject();
                writer.WriteString("directory", job.Directory);
                WriteMembers(writer, job.Result);
                writer.WriteStartArray("steps");
                foreach (KeptStep step in job.Steps)
                {
                    writer.WriteStartObject();
                    WriteMembers(writer, step.Members);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        // Strings in JSON can be escaped; outside of strings there are only line feeds.
        return SafeText.Lines(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static string Describe(AgentProcess? agent) => agent switch
    {
        null => "no agent uses it",
        { IsConnected: true } => $"the agent runs as process {agent.ProcessId} and is connected",
        { IsConnected: false } => $"the agent runs as process {agent.ProcessId} and is not connected; run edgejobs doctor to see why",
        _ => $"the agent runs as process {agent.ProcessId}",
    };

    private static string PhaseOf(SlotUpdate update) => update.Phase switch
    {
        SlotPhase.Ready => "due at the next start",
        SlotPhase.Started => "on trial",
        _ => "failed",
    };

    private static string Describe(ProvisionedIdentity identity)
    {
        string who = identity.ThingName is { } thing ? $"identity: thing '{thing}', " : "identity: ";
        string certificate = identity.CertificateId is { } id ? $", certificate {id}" : string.Empty;
        string when = identity.ProvisionedAt is { } at
            ? $", provisioned by the template '{identity.Template}' on {Time(at)}"
            : string.Empty;
        return who + identity.Progress + certificate + when;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Describe(CurrentJob job)
    {
        string what = $"job '{job.JobId}' execution {job.ExecutionNumber} of thing '{job.ThingName}': ";
        return what + (job.Outcome is not null ? $"ended, but the service has not acknowledged it: {job.Outcome}"
            : job.Step > 0 ? $"step {job.Step} is running{(job.Attempt > 1 ? $", attempt {job.Attempt}" : "")}, or was interrupted"
            : $"{job.StepsDone} steps have ended, none is running");
    }

    private static string Value(IReadOnlyList<KeyValuePair<string, string>> members, string name)
    {
        foreach ((string key, string json) in members)
        {
            if (key == name)
            {
                return TextOf(json);
            }
        }

        return string.Empty;
    }

    private static string TextOf(string json)
    {
        try
        {
            using JsonDocument value = JsonDocument.Parse(json);
            return value.RootElement.ToString();
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, which the agent never writes.
            return json;
        }
    }

    private static void WriteIfKnown(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, string>> members)
    {
        foreach ((string name, string json) in members)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json);
        }
    }
}
