using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Engine;

/// <summary>Tells the operator what the state machine has to say, and keeps how jobs ended.</summary>
/// <param name="logger">The operator's log.</param>
/// <param name="archive">Where it is kept how each job ended; null to keep it nowhere.</param>
internal sealed class JobNotices(ILogger logger, JobArchive? archive)
{
    /// <summary>Whether the last that was told is that nothing is pending: however often the service is asked in vain, this is one line.</summary>
    private bool _isResting;

    /// <summary>There is a new connection: what it finds is told anew.</summary>
    public void StartAnew() => _isResting = false;

    /// <summary>Tells one notice.</summary>
    public void Tell(JobCommand.Log tell)
    {
        bool wasResting = _isResting;
        _isResting = tell.Notice == Notice.Idle;
        switch (tell.Notice)
        {
            case Notice.JobStarted:
                AgentLog.JobStarted(logger, tell.Key, tell.Text);
                break;
            case Notice.JobSucceeded:
                AgentLog.JobSucceeded(logger, tell.Key, tell.Text);
                Keep(tell, JobExecutionUpdateStatus.Succeeded);
                break;
            case Notice.JobFailed:
                AgentLog.JobFailed(logger, tell.Key, tell.Text);
                Keep(tell, JobExecutionUpdateStatus.Failed);
                break;
            case Notice.JobRejected:
                AgentLog.JobRejected(logger, tell.Key, tell.Text);
                Keep(tell, JobExecutionUpdateStatus.Rejected);
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
                if (!wasResting)
                {
                    AgentLog.Idle(logger);
                }

                break;
            default:
                AgentLog.Stopping(logger, tell.Key, tell.Text);
                break;
        }
    }

    private void Keep(JobCommand.Log tell, JobExecutionUpdateStatus status)
    {
        if (archive?.Finish(tell.Key.JobId, tell.Key.ExecutionNumber, status.ToWireString(), tell.Text) is { } fault)
        {
            AgentLog.OutcomeNotSaved(logger, tell.Key, fault);
        }
    }
}
