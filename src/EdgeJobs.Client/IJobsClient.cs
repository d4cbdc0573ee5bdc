using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>AWS IoT Jobs as one thing sees it.</summary>
public interface IJobsClient : IAsyncDisposable
{
    /// <summary>The thing.</summary>
    string ThingName { get; }

    /// <summary>Connects and subscribes, once. After it has succeeded the client connects again by itself whenever the connection is lost.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Connected with every subscription granted, or why not.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>The next event, or null when the client is disposed. For one reader.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<JobsEvent?> ReadEventAsync(CancellationToken cancellationToken);

    /// <summary>Lists the job executions that are QUEUED or IN_PROGRESS.</summary>
    ValueTask<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> GetPendingAsync(CancellationToken cancellationToken);

    /// <summary>Takes on the next job execution.</summary>
    ValueTask<Reply<StartNextPendingJobExecutionResponse, RejectedResponse>> StartNextAsync(
        StartNextPendingJobExecutionRequest request,
        CancellationToken cancellationToken);

    /// <summary>Tells one job execution.</summary>
    /// <param name="jobId">The job, or <c>$next</c>.</param>
    /// <param name="request">Which run of it, and whether with its document.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> can't be a job id.</exception>
    ValueTask<Reply<DescribeJobExecutionResponse, RejectedResponse>> DescribeAsync(
        string jobId,
        DescribeJobExecutionRequest request,
        CancellationToken cancellationToken);

    /// <summary>Reports how a job execution goes.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="request">The report.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> can't be a job id.</exception>
    ValueTask<Reply<UpdateJobExecutionResponse, RejectedResponse>> UpdateAsync(
        string jobId,
        UpdateJobExecutionRequest request,
        CancellationToken cancellationToken);

    /// <summary>Says goodbye to the server and stops connecting again.</summary>
    Task DisconnectAsync(CancellationToken cancellationToken);
}
