using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.StateMachine;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime;

/// <summary>Tells the operator what the state machine has to say, and keeps how jobs ended.</summary>
/// <param name="logger">The operator's log.</param>
/// <param name="archive">Where it is kept how each job ended; null to keep it nowhere.</param>
internal sealed class JobNotices(ILogger logger, JobArchive? archive)
{
    /// <summary>Tells one notice.</summary>
    public void Tell(JobCommand.Tell tell)
    {
        switch (tell.Notice)
        {
            case Notice.JobStarted:
                AgentLog.JobStarted(logger, tell.Key, tell.Text);
                break;
            case Notice.JobSucceeded:
                AgentLog.JobSucceeded(logger, tell.Key, tell.Text);
                Keep(tell);
                break;
            case Notice.JobFailed:
                AgentLog.JobFailed(logger, tell.Key, tell.Text);
                Keep(tell);
                break;
            case Notice.JobLost:
                AgentLog.JobLost(logger, tell.Key, tell.Text);
                break;
            case Notice.ReportRefused:
                AgentLog.ReportRefused(logger, tell.Key, tell.Text);
                break;
            case Notice.JobInterrupted:
                AgentLog.JobInterrupted(logger, tell.Key, tell.Text);
                break;
            case Notice.JobResumed:
                AgentLog.JobResumed(logger, tell.Key, tell.Text);
                break;
            case Notice.StepInterrupted or Notice.StepRetried:
                AgentLog.StepAgain(logger, tell.Key, tell.Text);
                break;
            case Notice.JournalFault when tell.Key == default:
                AgentLog.JournalFault(logger, tell.Text);
                break;
            case Notice.JournalFault:
                AgentLog.JobStandsStill(logger, tell.Key, tell.Text);
                break;
            case Notice.Idle:
                AgentLog.Idle(logger);
                break;
            default:
                AgentLog.Stopping(logger, tell.Key, tell.Text);
                break;
        }
    }

    private void Keep(JobCommand.Tell tell)
    {
        // "FAILED: step 2 of 3 …"
        int colon = tell.Text.IndexOf(": ", StringComparison.Ordinal);
        (string status, string reason) = colon < 0 ? (tell.Text, string.Empty) : (tell.Text[..colon], tell.Text[(colon + 2)..]);
        if (archive?.Finish(tell.Key.JobId, tell.Key.ExecutionNumber, status, reason) is { } fault)
        {
            AgentLog.OutcomeNotKept(logger, tell.Key, fault);
        }
    }
}
