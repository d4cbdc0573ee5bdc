using EdgeJobs.Runtime.Jobs;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Logging;

/// <summary>The log messages of the agent. Event ids below 100 belong to the client.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(100, LogLevel.Information, "edgejobs {Version} started, process {ProcessId}: thing {ThingName}, server {Server}")]
    public static partial void Starting(ILogger logger, string version, int processId, string thingName, string server);

    [LoggerMessage(101, LogLevel.Information, "pending jobs: {InProgress} in progress, {Queued} queued")]
    public static partial void Pending(ILogger logger, string inProgress, string queued);

    [LoggerMessage(102, LogLevel.Warning, "can't list the pending jobs: {Reason}")]
    public static partial void PendingNotListed(ILogger logger, string reason);

    [LoggerMessage(103, LogLevel.Information, "{Job} started: {Steps}")]
    public static partial void JobStarted(ILogger logger, JobKey job, string steps);

    [LoggerMessage(104, LogLevel.Information, "{Job} step {Number}/{Count} '{Name}' started: {Action}")]
    public static partial void StepStarted(ILogger logger, JobKey job, int number, int count, string name, string action);

    [LoggerMessage(105, LogLevel.Information, "{Job} step {Number}/{Count} '{Name}' succeeded: {End}")]
    public static partial void StepSucceeded(ILogger logger, JobKey job, int number, int count, string name, string end);

    [LoggerMessage(106, LogLevel.Warning, "{Job} step {Number}/{Count} '{Name}' failed: {End}")]
    public static partial void StepFailed(ILogger logger, JobKey job, int number, int count, string name, string end);

    [LoggerMessage(107, LogLevel.Warning, "{Job} cancelling the running step: {Reason}")]
    public static partial void StepCanceled(ILogger logger, JobKey job, string reason);

    [LoggerMessage(108, LogLevel.Information, "{Job} SUCCEEDED: {Reason}")]
    public static partial void JobSucceeded(ILogger logger, JobKey job, string reason);

    [LoggerMessage(109, LogLevel.Warning, "{Job} FAILED: {Reason}")]
    public static partial void JobFailed(ILogger logger, JobKey job, string reason);

    [LoggerMessage(110, LogLevel.Warning, "{Job} is no longer assigned to this agent: {Reason}")]
    public static partial void JobLost(ILogger logger, JobKey job, string reason);

    [LoggerMessage(111, LogLevel.Error, "{Job} the service rejected a status update: {Reason}")]
    public static partial void ReportRefused(ILogger logger, JobKey job, string reason);

    [LoggerMessage(112, LogLevel.Warning, "{Job} remains IN_PROGRESS: {Reason}")]
    public static partial void JobInterrupted(ILogger logger, JobKey job, string reason);

    [LoggerMessage(113, LogLevel.Information, "no job is pending; waiting for jobs")]
    public static partial void Idle(ILogger logger);

    [LoggerMessage(114, LogLevel.Information, "stopping: {Job} {Reason}")]
    public static partial void Stopping(ILogger logger, JobKey job, string reason);

    [LoggerMessage(115, LogLevel.Warning, "attempt {Attempt} failed, next attempt in {Delay} s: {Reason}")]
    public static partial void Retrying(ILogger logger, int attempt, string delay, string reason);

    [LoggerMessage(116, LogLevel.Debug, "{Job} reporting {Status}, version {Version}")]
    public static partial void Reporting(ILogger logger, JobKey job, long version, string status);

    [LoggerMessage(117, LogLevel.Information, "stop requested")]
    public static partial void StopRequested(ILogger logger);

    [LoggerMessage(118, LogLevel.Critical, "{Fault}")]
    public static partial void Fault(ILogger logger, string fault);

    [LoggerMessage(119, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(120, LogLevel.Error, "the handler of {Operation} threw an exception: {Exception}")]
    public static partial void HandlerThrew(ILogger logger, string operation, string exception);

    [LoggerMessage(
        121,
        LogLevel.Error,
        "the handler of {Operation} was cancelled {Grace} s ago and is still running; no other job starts before it ends")]
    public static partial void HandlerStillRunning(ILogger logger, string operation, string grace);

    [LoggerMessage(
        140,
        LogLevel.Warning,
        "step {Number} '{Name}' wrote an invalid progress line: {Line}: {Why}; this and further invalid lines are ignored")]
    public static partial void InvalidProgress(ILogger logger, int number, string name, string line, string why);

    [LoggerMessage(141, LogLevel.Warning, "step {Number} '{Name}': its output is not saved completely: {Why}")]
    public static partial void OutputNotSaved(ILogger logger, int number, string name, string why);

    [LoggerMessage(142, LogLevel.Warning, "{Job} the outcome is not saved on the board: {Why}")]
    public static partial void OutcomeNotSaved(ILogger logger, JobKey job, string why);

    [LoggerMessage(143, LogLevel.Warning, "step {Number} '{Name}': {Reason}; next attempt in {Delay} s, at byte {Position}")]
    public static partial void DownloadRetries(ILogger logger, int number, string name, string reason, string delay, long position);

    [LoggerMessage(
        144,
        LogLevel.Information,
        "step {Number} '{Name}': {Reason}; the service has signed a new URL, continuing at byte {Position}")]
    public static partial void DownloadUrlRenewed(ILogger logger, int number, string name, string reason, long position);

    [LoggerMessage(145, LogLevel.Warning, "update of the agent: {Note}")]
    public static partial void SlotNote(ILogger logger, string note);

    [LoggerMessage(146, LogLevel.Error, "update of the agent: version {Version} goes on without it: {Reason}")]
    public static partial void SlotsUnusable(ILogger logger, string version, string reason);

    [LoggerMessage(150, LogLevel.Warning, "{Job} resumed after an interruption: {Where}")]
    public static partial void JobResumed(ILogger logger, JobKey job, string where);

    [LoggerMessage(151, LogLevel.Warning, "{Job} {What}")]
    public static partial void StepAgain(ILogger logger, JobKey job, string what);

    [LoggerMessage(152, LogLevel.Error, "{Fault}")]
    public static partial void JournalFault(ILogger logger, string fault);

    [LoggerMessage(153, LogLevel.Error, "{Job} {Fault}")]
    public static partial void JobStandsStill(ILogger logger, JobKey job, string fault);

    [LoggerMessage(154, LogLevel.Warning, "{Finding}")]
    public static partial void JournalFound(ILogger logger, string finding);

    [LoggerMessage(155, LogLevel.Information, "SIGHUP: configuration reloaded; the log level is {Level}; {Rest}")]
    public static partial void Reloaded(ILogger logger, LogLevel level, string rest);

    [LoggerMessage(156, LogLevel.Error, "SIGHUP: invalid configuration, nothing is changed: {Fault}")]
    public static partial void NotReloaded(ILogger logger, string fault);

    [LoggerMessage(
        160,
        LogLevel.Information,
        "the board has no identity yet: provisioning with the template {Template}, client id {ClientId}, server {Server}")]
    public static partial void Provisioning(ILogger logger, string template, string clientId, string server);

    [LoggerMessage(157, LogLevel.Warning, "edgejobs status will not show the certificate in use: {Why}")]
    public static partial void CertificateNotSaved(ILogger logger, string why);

    [LoggerMessage(161, LogLevel.Information, "the service issued the certificate {CertificateId}")]
    public static partial void CertificateIssued(ILogger logger, string certificateId);

    [LoggerMessage(162, LogLevel.Information, "the board is registered as thing {ThingName}, certificate {CertificateId}")]
    public static partial void ThingRegistered(ILogger logger, string thingName, string certificateId);

    [LoggerMessage(
        163,
        LogLevel.Information,
        "the identity works: thing {ThingName}, certificate {CertificateId}; the claim certificate is no longer needed")]
    public static partial void IdentityWorks(ILogger logger, string thingName, string certificateId);

    [LoggerMessage(164, LogLevel.Warning, "provisioning: attempt {Attempt} failed, next attempt in {Delay} s: {Reason}")]
    public static partial void ProvisioningRetries(ILogger logger, int attempt, string delay, string reason);

    [LoggerMessage(165, LogLevel.Warning, "provisioning: {Why}")]
    public static partial void ProvisioningRestarts(ILogger logger, string why);

    [LoggerMessage(170, LogLevel.Warning, "connection failed, next attempt in {Seconds:0.0} s: {Reason}")]
    public static partial void WaitingForServer(ILogger logger, double seconds, string reason);

    [LoggerMessage(171, LogLevel.Debug, "the open port of the server is not saved, the next start tries both ports: {Fault}")]
    public static partial void PortNotSaved(ILogger logger, string fault);

    [LoggerMessage(173, LogLevel.Warning, "old versions of an installation stay: {Why}")]
    public static partial void OldVersionsStay(ILogger logger, string why);

    [LoggerMessage(172, LogLevel.Warning, "{Job} REJECTED: {Reason}")]
    public static partial void JobRejected(ILogger logger, JobKey job, string reason);
}
