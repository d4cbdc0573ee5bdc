using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Engine;

/// <summary>Logs what the state machine reports to the operator, and keeps how jobs ended.</summary>
/// <param name="logger">The agent's log.</param>
/// <param name="archive">Keeps outcomes on the board; null to keep none.</param>
internal sealed class JobNotices(ILogger logger, JobArchive? archive)
{
    /// <summary>The last notice said that nothing is pending: polling an empty queue does not repeat that line.</summary>
    private bool _wasIdle;

    /// <summary>On a new connection an empty queue is logged again.</summary>
    public void OnConnected() => _wasIdle = false;

    public void Log(JobCommand.Log command)
    {
        bool wasIdle = _wasIdle;
        _wasIdle = command.Notice == Notice.Idle;
        switch (command.Notice)
        {
            case Notice.JobStarted:
                AgentLog.JobStarted(logger, command.Key, command.Text);
                break;
            case Notice.JobLost:
                AgentLog.JobLost(logger, command.Key, command.Text);
                break;
            case Notice.ReportRefused:
                AgentLog.ReportRefused(logger, command.Key, command.Text);
                break;
            case Notice.JobInterrupted:
                AgentLog.JobInterrupted(logger, command.Key, command.Text);
                break;
            case Notice.JobResumed:
                AgentLog.JobResumed(logger, command.Key, command.Text);
                break;
            case Notice.StepInterrupted or Notice.StepRetried:
                AgentLog.StepAgain(logger, command.Key, command.Text);
                break;
            case Notice.JournalFault when command.Key == default:
                AgentLog.JournalFault(logger, command.Text);
                break;
            case Notice.JournalFault:
                AgentLog.JobStandsStill(logger, command.Key, command.Text);
                break;
            case Notice.Idle:
                if (!wasIdle)
                {
                    AgentLog.Idle(logger);
                }

                break;
            default:
                AgentLog.Stopping(logger, command.Key, command.Text);
                break;
        }
    }

    public void Log(JobCommand.LogOutcome command)
    {
        _wasIdle = false;
        switch (command.Outcome.Status)
        {
            case JobExecutionUpdateStatus.Succeeded:
                AgentLog.JobSucceeded(logger, command.Key, command.Outcome.Reason);
                break;
            case JobExecutionUpdateStatus.Rejected:
                AgentLog.JobRejected(logger, command.Key, command.Outcome.Reason);
                break;
            default:
                AgentLog.JobFailed(logger, command.Key, command.Outcome.Reason);
                break;
        }

        if (archive?.Finish(command.Key, command.Outcome) is { } fault)
        {
            AgentLog.OutcomeNotSaved(logger, command.Key, fault);
        }
    }
}
