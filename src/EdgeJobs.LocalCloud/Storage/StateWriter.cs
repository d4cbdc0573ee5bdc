using EdgeJobs.LocalCloud.Model;
using EdgeJobs.Protocol;
using Microsoft.Data.Sqlite;

namespace EdgeJobs.LocalCloud.Storage;

/// <summary>Writes changes to rows, with one prepared statement per kind.</summary>
internal sealed class StateWriter : IDisposable
{
    private readonly SqliteCommand _putThing;
    private readonly SqliteCommand _removeThing;
    private readonly SqliteCommand _putGroup;
    private readonly SqliteCommand _removeGroup;
    private readonly SqliteCommand _putCertificate;
    private readonly SqliteCommand _putPolicy;
    private readonly SqliteCommand _removePolicy;
    private readonly SqliteCommand _putPolicyVersion;
    private readonly SqliteCommand _removePolicyVersions;
    private readonly SqliteCommand _putTemplate;
    private readonly SqliteCommand _removeTemplate;
    private readonly SqliteCommand _putJob;
    private readonly SqliteCommand _removeJob;
    private readonly SqliteCommand _putExecution;
    private readonly SqliteCommand _removeExecution;

    public StateWriter(SqliteConnection connection)
    {
        _putThing = Prepare(
            connection, "INSERT OR REPLACE INTO thing (name, id, type_name, attributes, created_at) VALUES ($0, $1, $2, $3, $4)", 5);
        _removeThing = Prepare(connection, "DELETE FROM thing WHERE name = $0", 1);
        _putGroup = Prepare(
            connection, "INSERT OR REPLACE INTO thing_group (name, id, members, created_at, policies) VALUES ($0, $1, $2, $3, $4)", 5);
        _removeGroup = Prepare(connection, "DELETE FROM thing_group WHERE name = $0", 1);
        _putCertificate = Prepare(connection, """
            INSERT OR REPLACE INTO certificate (id, pem, status, policies, things, created_at, last_updated_at, token_hash)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7)
            """, 8);
        _putPolicy = Prepare(connection, "INSERT OR REPLACE INTO policy (name, default_version, next_version) VALUES ($0, $1, $2)", 3);
        _removePolicy = Prepare(connection, "DELETE FROM policy WHERE name = $0", 1);
        _putPolicyVersion =
            Prepare(connection, "INSERT INTO policy_version (policy_name, number, document, created_at) VALUES ($0, $1, $2, $3)", 4);
        _removePolicyVersions = Prepare(connection, "DELETE FROM policy_version WHERE policy_name = $0", 1);
        _putTemplate = Prepare(
            connection,
            "INSERT OR REPLACE INTO provisioning_template (name, description, body, is_enabled, created_at) VALUES ($0, $1, $2, $3, $4)",
            5);
        _removeTemplate = Prepare(connection, "DELETE FROM provisioning_template WHERE name = $0", 1);
        _putJob = Prepare(connection, """
            INSERT OR REPLACE INTO job (id, sequence, document, targets, description, target_selection, timeout_minutes, status,
                force_canceled, reason_code, comment, created_at, last_updated_at, completed_at, url_seconds)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """, 15);
        _removeJob = Prepare(connection, "DELETE FROM job WHERE id = $0", 1);
        _putExecution = Prepare(connection, """
            INSERT OR REPLACE INTO execution (thing_name, job_id, number, sequence, status, status_details, queued_at, started_at,
                last_updated_at, version, force_canceled, in_progress_deadline, step_deadline)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """, 13);
        _removeExecution = Prepare(connection, "DELETE FROM execution WHERE thing_name = $0 AND job_id = $1 AND number = $2", 3);
    }

    public void Write(StateChange change, SqliteTransaction transaction)
    {
        switch (change)
        {
            case StateChange.ThingPut { Thing: var thing }:
                Run(_putThing, transaction, thing.Name, thing.Id, thing.TypeName, JsonColumn.Of(thing.Attributes), Time(thing.CreatedAt));
                break;
            case StateChange.ThingRemoved { Name: var name }:
                Run(_removeThing, transaction, name);
                break;
            case StateChange.GroupPut { Group: var group }:
                Run(
                    _putGroup, transaction, group.Name, group.Id, JsonColumn.Of(group.Members), Time(group.CreatedAt),
                    JsonColumn.Of(group.Policies));
                break;
            case StateChange.GroupRemoved { Name: var name }:
                Run(_removeGroup, transaction, name);
                break;
            case StateChange.CertificatePut { Certificate: var c }:
                Run(
                    _putCertificate, transaction, c.Id, c.Pem, c.Status.ToWireString(), JsonColumn.Of(c.Policies), JsonColumn.Of(c.Things),
                    Time(c.CreatedAt), Time(c.LastUpdatedAt), c.TokenHash);
                break;
            case StateChange.PolicyPut { Policy: var policy }:
                Run(_putPolicy, transaction, policy.Name, policy.DefaultVersion, policy.NextVersion);
                Run(_removePolicyVersions, transaction, policy.Name);
                foreach (PolicyVersion version in policy.Versions)
                {
                    Run(_putPolicyVersion, transaction, policy.Name, version.Number, version.Json, Time(version.CreatedAt));
                }

                break;
            case StateChange.PolicyRemoved { Name: var name }:
                Run(_removePolicy, transaction, name);
                Run(_removePolicyVersions, transaction, name);
                break;
            case StateChange.TemplatePut { Template: var t }:
                Run(_putTemplate, transaction, t.Name, t.Description, t.Json, t.IsEnabled, Time(t.CreatedAt));
                break;
            case StateChange.TemplateRemoved { Name: var name }:
                Run(_removeTemplate, transaction, name);
                break;
            case StateChange.JobPut { Job: var job }:
                Run(_putJob, transaction, job.Id, job.Sequence, job.Document.Utf8.ToArray(), JsonColumn.Of(
                    job.Targets.Select(static target => target.ToString())),
                    job.Description, job.TargetSelection.ToWireString(), job.TimeoutInMinutes, job.Status.ToWireString(), job.ForceCanceled,
                    job.ReasonCode, job.Comment, Time(job.CreatedAt), Time(job.LastUpdatedAt), Time(job.CompletedAt), job.UrlSeconds);
                break;
            case StateChange.JobRemoved { JobId: var jobId }:
                Run(_removeJob, transaction, jobId);
                break;
            case StateChange.ExecutionPut { Execution: var e }:
                Run(
                    _putExecution, transaction, e.Key.ThingName, e.Key.JobId, e.Key.Number, e.Sequence, e.Status.ToWireString(),
                    JsonColumn.Of(e.StatusDetails), Time(e.QueuedAt), Time(e.StartedAt), Time(e.LastUpdatedAt), e.Version,
                    e.ForceCanceled, Time(e.InProgressDeadline), Time(e.StepDeadline));
                break;
            case StateChange.ExecutionRemoved { Key: var key }:
                Run(_removeExecution, transaction, key.ThingName, key.JobId, key.Number);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(change), change.GetType().Name, "There is no table for this change.");
        }
    }

    public void Dispose()
    {
        SqliteCommand[] all =
        [
            _putThing, _removeThing, _putGroup, _removeGroup, _putCertificate, _putPolicy, _removePolicy, _putPolicyVersion,
            _removePolicyVersions,
            _putTemplate, _removeTemplate, _putJob, _removeJob, _putExecution, _removeExecution,
        ];
        foreach (SqliteCommand command in all)
        {
            command.Dispose();
        }
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string statement, int parameters)
    {
        SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are the constants above.
        command.CommandText = statement;
#pragma warning restore CA2100
        for (int i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", value: null));
        }

        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private static long Time(DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    private static long? Time(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds();
}
