using EdgeJobs.Client;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>The requests of the Jobs API, each in a form that starts and changes no job.</summary>
/// <param name="thing">The thing's name.</param>
/// <param name="report">Where the findings go.</param>
/// <param name="time">The clock, which is compared with the service's.</param>
/// <param name="random">Where the name of a job comes from that can't exist.</param>
internal sealed class JobsProbe(string thing, DoctorReport report, TimeProvider time, Random random) : IServiceProbe
{
    private const string Get = "get";
    private const string Describe = "describe";
    private const string Update = "update";
    private const string StartNext = "start-next";

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [Get, Describe, Update, StartNext];

    /// <inheritdoc/>
    public IReadOnlyList<string> Filters => JobsClient.FiltersOf(thing);

    /// <inheritdoc/>
    public async Task AskAsync(ConnectionProbe walk, CancellationToken cancellationToken)
    {
        GetPendingJobExecutionsResponse? pending = await walk.RequestAsync(
            Get,
            JobsOperations.GetPendingJobExecutions,
            JobsTopics.GetPendingJobExecutions(thing),
            JobsTopics.GetPendingJobExecutionsReplyFilter(thing),
            new GetPendingJobExecutionsRequest(),
            a => $"the service answers: {a.InProgressJobs?.Count ?? 0} jobs in progress, {a.QueuedJobs?.Count ?? 0} queued",
            null,
            cancellationToken).ConfigureAwait(false);
        if (pending?.Timestamp is { } timestamp)
        {
            report.Add(ClockCheck.Compare(time.GetUtcNow(), timestamp));
        }

        await walk.RequestAsync(
            Describe,
            JobsOperations.DescribeJobExecution,
            JobsTopics.DescribeJobExecution(thing, "$next"),
            JobsTopics.DescribeJobExecutionReplyFilter(thing),
            new DescribeJobExecutionRequest { IncludeJobDocument = false },
            a => a.Execution is { JobId: { } job } ? $"the service answers: the next job is {job}" : "the service answers: no job is pending",
            null,
            cancellationToken).ConfigureAwait(false);

        // A job that can't exist: the service says so, and nothing is changed.
        string nobody = $"edgejobs-doctor-{random.Next():x8}";
        await walk.RequestAsync(
            Update,
            JobsOperations.UpdateJobExecution,
            JobsTopics.UpdateJobExecution(thing, nobody),
            JobsTopics.UpdateJobExecutionReplyFilter(thing),
            new UpdateJobExecutionRequest { Status = JobExecutionUpdateStatus.InProgress },
            _ => "the service answers",
            RejectionCode.ResourceNotFound,
            cancellationToken).ConfigureAwait(false);
        await walk.ProbeAsync(
            StartNext,
            JobsTopics.StartNextPendingJobExecution(thing),
            JobsTopics.StartNextPendingJobExecutionReplyFilter(thing),
            payload => RejectedResponse.TryRead(payload, out RejectedResponse? rejected, out _) ? rejected.Code.ToWireString() : string.Empty,
            "no job was started",
            cancellationToken).ConfigureAwait(false);
    }
}
