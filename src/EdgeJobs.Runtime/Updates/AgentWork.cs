using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Runs the work of a step in the agent, and makes a result of its end.</summary>
internal static class AgentWork
{
    /// <summary>Runs work on another thread: reading and writing files must not block the agent.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="step">The step.</param>
    /// <param name="unfinished">What a step is that its time-out ended.</param>
    /// <param name="work">The work; it returns what the outcome says in addition, and fails with an <see cref="UpdateFailure"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<StepResult> RunAsync(
        TimeProvider time,
        StepPlan step,
        string unfinished,
        Func<CancellationToken, Task<string>> work,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(step.Timeout ?? Timeout.InfiniteTimeSpan, time);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        long start = time.GetTimestamp();
        string text;
        bool isDone = false;
        bool hasTimedOut = false;
        try
        {
            text = await Task.Run(() => work(ending.Token), CancellationToken.None).ConfigureAwait(false);
            isDone = true;
        }
        catch (Exception e) when (e is UpdateFailure or IOException)
        {
            text = e.Message;
        }
        catch (OperationCanceledException)
        {
            hasTimedOut = !cancellationToken.IsCancellationRequested;
            text = hasTimedOut ? unfinished : "it was cancelled";
        }
#pragma warning disable CA1031 // An unexpected exception fails the step, not the agent.
        catch (Exception e)
#pragma warning restore CA1031
        {
            text = $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}";
        }

        return new StepResult
        {
            End = StepEnd.Returned,
            Code = isDone ? 0 : 1,
            Fault = text,
            Duration = time.GetElapsedTime(start),
            WasCanceled = cancellationToken.IsCancellationRequested,
            TimedOutAfter = hasTimedOut ? step.Timeout : null,
        };
    }
}
