using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime;

/// <summary>The job execution that a handler works on.</summary>
public sealed class JobContext
{
    private readonly IProgress<StepProgress> _progress;

    internal JobContext(StepContext step, IProgress<StepProgress> progress, ILogger logger, TimeProvider time)
    {
        ThingName = step.ThingName;
        JobId = step.JobId;
        ExecutionNumber = step.ExecutionNumber;
        Logger = logger;
        Time = time;
        _progress = progress;
    }

    /// <summary>The thing.</summary>
    public string ThingName { get; }

    /// <summary>The job.</summary>
    public string JobId { get; }

    /// <summary>Which run of the job on this thing.</summary>
    public long ExecutionNumber { get; }

    /// <summary>The agent's log. Never log what is secret in a document.</summary>
    public ILogger Logger { get; }

    /// <summary>The agent's clock. Durations are to be measured with its time stamps: the wall clock of a board may jump.</summary>
    public TimeProvider Time { get; }

    /// <summary>Tells the service how far the job has come. May be called as often as one likes: once a second the newest is sent.</summary>
    /// <param name="percent">How much is done, 0 to 100; null to leave it as it was.</param>
    /// <param name="message">What is being done; null to leave it as it was.</param>
    /// <param name="values">What else there is to tell; an empty value takes a pair back.</param>
    public void Report(int? percent = null, string? message = null, params KeyValuePair<string, string>[] values) =>
        _progress.Report(new StepProgress { Percent = percent is { } p ? Math.Clamp(p, 0, 100) : null, Message = message, Values = new ValueMap<string>(values) });
}
