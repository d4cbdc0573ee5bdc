using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Policies;
using EdgeJobs.LocalCloud.Templates;
using EdgeJobs.Protocol;
using Microsoft.Data.Sqlite;

namespace EdgeJobs.LocalCloud.Storage;

internal static class StateReader
{
    /// <summary>Reads the whole file: things first, executions last.</summary>
    public static List<StateChange> ReadAll(SqliteConnection connection)
    {
        List<StateChange> changes = [];
        Read(connection, "SELECT name, id, type_name, attributes, created_at FROM thing", row =>
            changes.Add(new StateChange.ThingPut(
                new Thing(row.GetString(0), row.GetString(1), TextOrNull(row, 2), JsonColumn.ToMap(row.GetString(3)), Time(row, 4)))));
        Read(connection, "SELECT name, id, members, created_at, policies FROM thing_group", row =>
            changes.Add(new StateChange.GroupPut(
                new ThingGroup(
                    row.GetString(0), row.GetString(1), JsonColumn.ToSet(row.GetString(2)),
                    Time(row, 3))
                { Policies = JsonColumn.ToSet(row.GetString(4)) })));
        Read(connection, "SELECT id, pem, status, policies, things, created_at, last_updated_at, token_hash FROM certificate", row =>
            changes.Add(new StateChange.CertificatePut(ToCertificate(row))));
        ReadPolicies(connection, changes);
        Read(connection, "SELECT name, description, body, is_enabled, created_at FROM provisioning_template", row =>
            changes.Add(new StateChange.TemplatePut(ToTemplate(row))));
        Read(connection, """
            SELECT id, sequence, document, targets, description, target_selection, timeout_minutes, status, force_canceled, reason_code,
                comment, created_at, last_updated_at, completed_at, url_seconds FROM job
            """, row => changes.Add(new StateChange.JobPut(ToJob(row))));
        Read(connection, """
            SELECT thing_name, job_id, number, sequence, status, status_details, queued_at, started_at, last_updated_at, version,
                force_canceled, in_progress_deadline, step_deadline FROM execution
            """, row => changes.Add(new StateChange.ExecutionPut(ToExecution(row))));
        return changes;
    }

    private static DeviceCertificate ToCertificate(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Pem = row.GetString(1),
        Status = CertificateStatusNames.TryParse(row.GetString(2), out CertificateStatus status)
            ? status
            : throw new FormatException($"certificate {row.GetString(0)} has an unknown status"),
        Policies = JsonColumn.ToSet(row.GetString(3)),
        Things = JsonColumn.ToSet(row.GetString(4)),
        CreatedAt = Time(row, 5),
        LastUpdatedAt = Time(row, 6),
        TokenHash = TextOrNull(row, 7),
    };

    private static ProvisioningTemplate ToTemplate(SqliteDataReader row) => new()
    {
        Name = row.GetString(0),
        Description = TextOrNull(row, 1),
        Json = row.GetString(2),
        Document = TemplateDocument.TryParse(row.GetString(2), out TemplateDocument? document, out string fault)
            ? document
            : throw new FormatException($"provisioning template {row.GetString(0)}: {fault}"),
        IsEnabled = row.GetBoolean(3),
        CreatedAt = Time(row, 4),
    };

    private static void ReadPolicies(SqliteConnection connection, List<StateChange> changes)
    {
        Dictionary<string, ImmutableList<PolicyVersion>> versions = new(StringComparer.Ordinal);
        Read(connection, "SELECT policy_name, number, document, created_at FROM policy_version ORDER BY number", row =>
        {
            string name = row.GetString(0), json = row.GetString(2);
            PolicyVersion version = PolicyDocument.TryParse(json, out PolicyDocument document, out string fault)
                ? new PolicyVersion(row.GetInt32(1), json, document, Time(row, 3))
                : throw new FormatException($"version {row.GetInt32(1)} of policy {name}: {fault}");
            versions[name] = versions.GetValueOrDefault(name, []).Add(version);
        });
        Read(connection, "SELECT name, default_version, next_version FROM policy", row =>
        {
            Policy policy = new()
            {
                Name = row.GetString(0),
                Versions = versions.GetValueOrDefault(row.GetString(0), []),
                DefaultVersion = row.GetInt32(1),
                NextVersion = row.GetInt32(2),
            };
            changes.Add(policy.Default is null ? throw new FormatException(
                $"policy {policy.Name} lacks its version {policy.DefaultVersion}") : new StateChange.PolicyPut(policy));
        });
    }

    private static Job ToJob(SqliteDataReader row)
    {
        if (!JobStatusNames.TryParse(row.GetString(5), out TargetSelection selection)
            || !JobStatusNames.TryParse(row.GetString(7), out JobStatus status))
        {
            throw new FormatException($"job {row.GetString(0)} has an unknown status or target selection");
        }

        return new Job
        {
            Id = row.GetString(0),
            Sequence = row.GetInt64(1),
            Document = new RawJson(row.GetFieldValue<byte[]>(2)),
            Targets = [.. JsonColumn.ToNames(row.GetString(3)).Select(JsonColumn.ToTarget)],
            Description = TextOrNull(row, 4),
            TargetSelection = selection,
            TimeoutInMinutes = row.IsDBNull(6) ? null : row.GetInt32(6),
            Status = status,
            ForceCanceled = row.GetBoolean(8),
            ReasonCode = TextOrNull(row, 9),
            Comment = TextOrNull(row, 10),
            CreatedAt = Time(row, 11),
            LastUpdatedAt = Time(row, 12),
            CompletedAt = TimeOrNull(row, 13),
            UrlSeconds = row.IsDBNull(14) ? null : row.GetInt32(14),
        };
    }

    private static Execution ToExecution(SqliteDataReader row)
    {
        if (!JobExecutionStatusExtensions.TryParseJobExecutionStatus(
            System.Text.Encoding.UTF8.GetBytes(row.GetString(4)), out JobExecutionStatus status))
        {
            throw new FormatException($"the execution of job {row.GetString(1)} on {row.GetString(0)} has an unknown status");
        }

        return new Execution
        {
            Key = new ExecutionKey(row.GetString(0), row.GetString(1), row.GetInt64(2)),
            Sequence = row.GetInt64(3),
            Status = status,
            StatusDetails = JsonColumn.ToMap(row.GetString(5)),
            QueuedAt = Time(row, 6),
            StartedAt = TimeOrNull(row, 7),
            LastUpdatedAt = Time(row, 8),
            Version = row.GetInt64(9),
            ForceCanceled = row.GetBoolean(10),
            InProgressDeadline = TimeOrNull(row, 11),
            StepDeadline = TimeOrNull(row, 12),
        };
    }

    private static void Read(SqliteConnection connection, string query, Action<SqliteDataReader> onRow)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The queries are the constants above.
        command.CommandText = query;
#pragma warning restore CA2100
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            onRow(reader);
        }
    }

    private static string? TextOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset Time(SqliteDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static DateTimeOffset? TimeOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : Time(row, column);
}
