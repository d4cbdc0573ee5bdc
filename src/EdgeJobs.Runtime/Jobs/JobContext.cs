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

    /// <summary>The name of the thing.</summary>
    public string ThingName { get; }

    /// <summary>The id of the job.</summary>
    public string JobId { get; }

    /// <summary>The execution number: which run of the job on this thing.</summary>
    public long ExecutionNumber { get; }

    /// <summary>The agent's log. Do not log secrets of the document.</summary>
    public ILogger Logger { get; }

    /// <summary>The agent's clock. Measure durations with its timestamps: the wall clock of a board may jump.</summary>
    public TimeProvider Time { get; }

    /// <summary>
    /// Reports progress to the service. Call it as often as needed: the agent sends the latest values at most once a second.
    /// </summary>
    /// <param name="percent">The percentage done, 0 to 100; null keeps the previous value.</param>
    /// <param name="message">The current activity; null keeps the previous text.</param>
    /// <param name="values">Further status details; an empty value removes a pair.</param>
    public void Report(int? percent = null, string? message = null, params KeyValuePair<string, string>[] values) =>
        _progress.Report(new StepProgress
        {
            Percent = percent is { } p ? Math.Clamp(p, 0, 100) : null,
            Message = message,
            Values = new ValueMap<string>(values),
        });
}
