using System.Threading.Channels;
using EdgeJobs.LocalCloud.Commands;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.LocalCloud.Demo;

/// <summary>Runs the demo. It controls the cloud through the REST API, as a script would.</summary>
/// <param name="directory">An empty directory for all files.</param>
internal sealed class DemoRun(DemoReport report, string directory, string agentPath, bool verbose)
{
    private const string ThingName = "demo-board";
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan SignalGrace = TimeSpan.FromMilliseconds(300);

    private readonly Channel<Execution> _changes = Channel.CreateUnbounded<Execution>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, Execution> _latest = new(StringComparer.Ordinal);

    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        report.Title();
        CloudOptions options = new() { DataDirectory = Path.Combine(directory, "cloud"), MqttPort = 0, MqttsPort = 0, HttpPort = 0 };
        await using CloudHost cloud = await CloudHost.StartAsync(
            options, TimeProvider.System, NullLoggerFactory.Instance, Observe, cancellationToken).ConfigureAwait(false);
        report.Section("The cloud");
        report.Line("This process runs an AWS IoT Jobs service with its own MQTT broker and certificate authority:");
        report.Line($"  mqtts://127.0.0.1:{cloud.MqttsPort}  boards connect here, each with its own certificate");
        report.Line($"  {cloud.HttpUrl.ToString().TrimEnd('/')}   the AWS REST API, for scripts and the AWS CLI");

        using CloudClient client = new(cloud.HttpUrl);
        ThingFiles files = new(Path.Combine(directory, "certs"), ThingName);
        await ThingCreate.CreateAsync(client, files, policy: null, cancellationToken).ConfigureAwait(false);
        report.Section("The board");
        report.Line($"Thing '{ThingName}' is registered and has its certificate. Its agent is a separate process:");
        await using AgentProcess agent =
            AgentProcess.Start(agentPath, AgentArguments(cloud, files), directory, verbose ? line => report.DimLine("| " + line) : null);
        report.Command(
            $"edgejobs run --endpoint 127.0.0.1:{cloud.MqttsPort} --thing_name {ThingName} --cert {ThingName}.pem --key {ThingName}.key "
            + "--ca_file ca.pem");
        report.Line($"It runs as process {agent.Id} and connects over mutual TLS.");

        report.Section("Three jobs");
        report.JobList(DemoJob.All);
        foreach (DemoJob job in DemoJob.All)
        {
            CreateJobBody body = new() { Targets = [Arn.OfThing(ThingName)], Document = job.Document, Description = job.Description };
            await client.SendAsync(
                HttpMethod.Put, JobCreate.JobPath(job.JobId), body, RestJson.Default.CreateJobBody, RestJson.Default.JobNamedBody,
                cancellationToken).ConfigureAwait(false);
        }

        string? error = await FollowAsync(agent, cancellationToken).ConfigureAwait(false);
        report.Section("Results");
        bool succeeded = report.Outcomes([.. DemoJob.All.Select(Outcome)]);
        if (error is not null)
        {
            report.Error(error);
        }

        if (!succeeded)
        {
            report.AgentLog(agent.Log());
        }

        return succeeded;
    }

    private static string[] AgentArguments(CloudHost cloud, ThingFiles files) =>
    [
        "run",
        "--endpoint", $"127.0.0.1:{cloud.MqttsPort}",
        "--thing_name", files.ThingName,
        "--cert", files.Certificate,
        "--key", files.Key,
        "--ca_file", files.Authority,
        "--data_dir", Path.Combine(Path.GetDirectoryName(files.Directory)!, "agent"),
    ];

    private static string Note(Execution execution) => execution.Status switch
    {
        JobExecutionStatus.Queued => string.Empty,
        _ when execution.StatusDetails.TryGetValue("reason", out string? reason) => reason,
        _ => string.Join(", ", execution.StatusDetails.Select(detail => $"{detail.Key}: {detail.Value}")),
    };

    // The service waits for this call, so it only enqueues.
    private void Observe(StateChange change)
    {
        if (change is StateChange.ExecutionPut put)
        {
            _changes.Writer.TryWrite(put.Execution);
        }
    }

    // Reports each change until every job has ended. Returns the reason if that does not happen.
    private async Task<string?> FollowAsync(AgentProcess agent, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(TimeLimit);
        Task exited = agent.WaitForExitAsync(timeout.Token);
        try
        {
            while (!DemoJob.All.All(job => _latest.TryGetValue(job.JobId, out Execution? latest) && !latest.IsPending))
            {
                Task<bool> more = _changes.Reader.WaitToReadAsync(timeout.Token).AsTask();
                if (await Task.WhenAny(more, exited).ConfigureAwait(false) == exited && !more.IsCompleted)
                {
                    await exited.ConfigureAwait(false);
                    // Ctrl-C also reaches the agent, which may exit first: that is not an agent failure.
                    await Task.Delay(SignalGrace, cancellationToken).ConfigureAwait(false);
                    return $"the agent exited with code {agent.ExitCode} before the jobs ended";
                }

                await more.ConfigureAwait(false);
                while (_changes.Reader.TryRead(out Execution? execution))
                {
                    _latest[execution.Key.JobId] = execution;
                    report.Status(execution.Key.JobId, execution.Status.ToWireString(), Note(execution));
                }
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"the jobs didn't end within {TimeLimit.TotalSeconds:0} s";
        }
    }

    private DemoOutcome Outcome(DemoJob job)
    {
        Execution? latest = _latest.GetValueOrDefault(job.JobId);
        TimeSpan? took = latest is { IsPending: false, StartedAt: { } started } ? latest.LastUpdatedAt - started : null;
        return new DemoOutcome(job, latest?.Status.ToWireString() ?? "nothing", took, latest?.StatusDetails ?? ValueMap<string>.Empty);
    }
}
