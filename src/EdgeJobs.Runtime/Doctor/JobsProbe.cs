using EdgeJobs.Client;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>Probes the requests of the Jobs API in a form that starts and changes no job.</summary>
internal sealed class JobsProbe(string thing, DoctorReport report, TimeProvider time, Random random) : IServiceProbe
{
    private const string Get = "get";
    private const string Describe = "describe";
    private const string Update = "update";
    private const string StartNext = "start-next";

    public IReadOnlyList<string> CheckNames { get; } = [Get, Describe, Update, StartNext];

    public IReadOnlyList<string> Filters => JobsClient.FiltersOf(thing);

    public async Task RunAsync(ConnectionProbe connection, CancellationToken cancellationToken)
    {
        GetPendingJobExecutionsResponse? pending = await connection.RequestAsync(
            Get,
            JobsOperations.GetPendingJobExecutions,
            JobsTopics.GetPendingJobExecutions(thing),
            JobsTopics.GetPendingJobExecutionsReplyFilter(thing),
            new GetPendingJobExecutionsRequest(),
            a => $"the service replies: {a.InProgressJobs?.Count ?? 0} jobs in progress, {a.QueuedJobs?.Count ?? 0} queued",
            null,
            cancellationToken).ConfigureAwait(false);
        if (pending?.Timestamp is { } timestamp)
        {
            report.Add(ClockCheck.Compare(time.GetUtcNow(), timestamp));
        }

        await connection.RequestAsync(
            Describe,
            JobsOperations.DescribeJobExecution,
            JobsTopics.DescribeJobExecution(thing, "$next"),
            JobsTopics.DescribeJobExecutionReplyFilter(thing),
            new DescribeJobExecutionRequest { IncludeJobDocument = false },
            a => a.Execution is { JobId: { } job }
                ? $"the service replies: the next job is {job}"
                : "the service replies: no job is pending",
            null,
            cancellationToken).ConfigureAwait(false);

        // No job has this id: the service rejects the request, and nothing changes.
        string unknown = $"edgejobs-doctor-{random.Next():x8}";
        await connection.RequestAsync(
            Update,
            JobsOperations.UpdateJobExecution,
            JobsTopics.UpdateJobExecution(thing, unknown),
            JobsTopics.UpdateJobExecutionReplyFilter(thing),
            new UpdateJobExecutionRequest { Status = JobExecutionUpdateStatus.InProgress },
            _ => "the service replies",
            RejectionCode.ResourceNotFound,
            cancellationToken).ConfigureAwait(false);
        await connection.ProbeAsync(
            StartNext,
            JobsTopics.StartNextPendingJobExecution(thing),
            JobsTopics.StartNextPendingJobExecutionReplyFilter(thing),
            payload => RejectedResponse.TryRead(payload, out RejectedResponse? rejected, out _)
                ? rejected.Code.ToWireString()
                : string.Empty,
            "no job was started",
            cancellationToken).ConfigureAwait(false);
    }
}
