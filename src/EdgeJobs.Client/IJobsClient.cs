using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>AWS IoT Jobs for one thing.</summary>
public interface IJobsClient : IAsyncDisposable
{
    /// <summary>The thing.</summary>
    string ThingName { get; }

    /// <summary>Connects and subscribes. Call it once; after it succeeds the client reconnects automatically.</summary>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>Success when the server has granted every subscription; otherwise the failure.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>The next event; null after the client is disposed. Supports one reader.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    ValueTask<JobsEvent?> ReadEventAsync(CancellationToken cancellationToken);

    /// <summary>Lists the job executions that are QUEUED or IN_PROGRESS.</summary>
    ValueTask<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> GetPendingAsync(CancellationToken cancellationToken);

    /// <summary>Starts the next pending job execution.</summary>
    ValueTask<Reply<StartNextPendingJobExecutionResponse, RejectedResponse>> StartNextAsync(
        StartNextPendingJobExecutionRequest request,
        CancellationToken cancellationToken);

    /// <summary>Describes one job execution.</summary>
    /// <param name="jobId">The job, or <c>$next</c>.</param>
    /// <param name="request">Which execution of the job, and whether to include its document.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> is not a valid job id.</exception>
    ValueTask<Reply<DescribeJobExecutionResponse, RejectedResponse>> DescribeAsync(
        string jobId,
        DescribeJobExecutionRequest request,
        CancellationToken cancellationToken);

    /// <summary>Updates a job execution.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="request">The report.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> is not a valid job id.</exception>
    ValueTask<Reply<UpdateJobExecutionResponse, RejectedResponse>> UpdateAsync(
        string jobId,
        UpdateJobExecutionRequest request,
        CancellationToken cancellationToken);

    /// <summary>Sends DISCONNECT, closes the connection and stops reconnecting.</summary>
    Task DisconnectAsync(CancellationToken cancellationToken);
}
