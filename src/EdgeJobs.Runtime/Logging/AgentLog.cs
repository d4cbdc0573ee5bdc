using EdgeJobs.Runtime.Jobs;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Logging;

/// <summary>What the agent tells its operator. Event ids from 100; those below belong to the client.</summary>
internal static partial class AgentLog
{
    [LoggerMessage(100, LogLevel.Information, "edgejobs {Version}, process {ProcessId}: thing {ThingName} at {Server}")]
    public static partial void Starting(ILogger logger, string version, int processId, string thingName, string server);

    [LoggerMessage(170, LogLevel.Warning, "can't connect yet, next attempt in {Seconds:0.0} s: {Reason}")]
    public static partial void WaitingForServer(ILogger logger, double seconds, string reason);

    [LoggerMessage(171, LogLevel.Debug, "{File}: can't keep which port of the server is open, the next start tries both: {Fault}")]
    public static partial void PortNotKept(ILogger logger, string file, string fault);

    [LoggerMessage(101, LogLevel.Information, "pending: {InProgress} in progress, {Queued} queued")]
    public static partial void Pending(ILogger logger, string inProgress, string queued);

    [LoggerMessage(102, LogLevel.Warning, "what is pending could not be listed: {Reason}")]
    public static partial void PendingNotListed(ILogger logger, string reason);

    [LoggerMessage(103, LogLevel.Information, "{Job} starts: {Steps}")]
    public static partial void JobStarted(ILogger logger, JobKey job, string steps);

    [LoggerMessage(104, LogLevel.Information, "{Job} step {Number}/{Count} '{Name}' starts: {Action}")]
    public static partial void StepStarted(ILogger logger, JobKey job, int number, int count, string name, string action);

    [LoggerMessage(105, LogLevel.Information, "{Job} step {Number}/{Count} '{Name}' ended: {End}")]
    public static partial void StepSucceeded(ILogger logger, JobKey job, int number, int count, string name, string end);

    [LoggerMessage(106, LogLevel.Warning, "{Job} step {Number}/{Count} '{Name}' ended: {End}")]
    public static partial void StepFailed(ILogger logger, JobKey job, int number, int count, string name, string end);

    [LoggerMessage(107, LogLevel.Warning, "{Job} the running step is cancelled: {Reason}")]
    public static partial void StepCanceled(ILogger logger, JobKey job, string reason);

    [LoggerMessage(108, LogLevel.Information, "{Job} SUCCEEDED: {Reason}")]
    public static partial void JobSucceeded(ILogger logger, JobKey job, string reason);

    [LoggerMessage(109, LogLevel.Warning, "{Job} FAILED: {Reason}")]
    public static partial void JobFailed(ILogger logger, JobKey job, string reason);

    [LoggerMessage(172, LogLevel.Warning, "{Job} REJECTED: {Reason}")]
    public static partial void JobRejected(ILogger logger, JobKey job, string reason);

    [LoggerMessage(110, LogLevel.Warning, "{Job} is no longer this agent's: {Reason}")]
    public static partial void JobLost(ILogger logger, JobKey job, string reason);

    [LoggerMessage(111, LogLevel.Error, "{Job} the service refuses a report: {Reason}")]
    public static partial void ReportRefused(ILogger logger, JobKey job, string reason);

    [LoggerMessage(112, LogLevel.Warning, "{Job} is left IN_PROGRESS: {Reason}")]
    public static partial void JobInterrupted(ILogger logger, JobKey job, string reason);

    [LoggerMessage(113, LogLevel.Information, "nothing is pending; waiting for jobs")]
    public static partial void Idle(ILogger logger);

    [LoggerMessage(114, LogLevel.Information, "stopping: {Job} {Reason}")]
    public static partial void Stopping(ILogger logger, JobKey job, string reason);

    [LoggerMessage(115, LogLevel.Warning, "attempt {Attempt} failed, the next in {Delay} s: {Reason}")]
    public static partial void Retrying(ILogger logger, int attempt, string delay, string reason);

    [LoggerMessage(116, LogLevel.Debug, "{Job} version {Version}: {Status} is reported")]
    public static partial void Reporting(ILogger logger, JobKey job, long version, string status);

    [LoggerMessage(117, LogLevel.Information, "asked to stop")]
    public static partial void StopRequested(ILogger logger);

    [LoggerMessage(118, LogLevel.Critical, "{Fault}")]
    public static partial void Fault(ILogger logger, string fault);

    [LoggerMessage(150, LogLevel.Warning, "{Job} goes on after an interruption: {Where}")]
    public static partial void JobResumed(ILogger logger, JobKey job, string where);

    [LoggerMessage(151, LogLevel.Warning, "{Job} {What}")]
    public static partial void StepAgain(ILogger logger, JobKey job, string what);

    [LoggerMessage(152, LogLevel.Error, "{Fault}")]
    public static partial void JournalFault(ILogger logger, string fault);

    [LoggerMessage(153, LogLevel.Error, "{Job} {Fault}")]
    public static partial void JobStandsStill(ILogger logger, JobKey job, string fault);

    [LoggerMessage(154, LogLevel.Warning, "{Finding}")]
    public static partial void JournalFound(ILogger logger, string finding);

    [LoggerMessage(155, LogLevel.Information, "SIGHUP: the configuration is read again; the log level is {Level}; {Rest}")]
    public static partial void Reloaded(ILogger logger, LogLevel level, string rest);

    [LoggerMessage(156, LogLevel.Error, "SIGHUP: the configuration can't be used, all stays as it was: {Fault}")]
    public static partial void NotReloaded(ILogger logger, string fault);

    [LoggerMessage(160, LogLevel.Information, "the board has no identity yet: provisioning by the template {Template}, as the client {ClientId} at {Server}")]
    public static partial void Provisioning(ILogger logger, string template, string clientId, string server);

    [LoggerMessage(161, LogLevel.Information, "the service has made the certificate {CertificateId}")]
    public static partial void CertificateIssued(ILogger logger, string certificateId);

    [LoggerMessage(162, LogLevel.Information, "the board is registered as the thing {ThingName}, with the certificate {CertificateId}")]
    public static partial void ThingRegistered(ILogger logger, string thingName, string certificateId);

    [LoggerMessage(163, LogLevel.Information, "the identity works: thing {ThingName}, certificate {CertificateId}; the claim certificate is not needed any more")]
    public static partial void IdentityWorks(ILogger logger, string thingName, string certificateId);

    [LoggerMessage(164, LogLevel.Warning, "provisioning: attempt {Attempt} failed, the next in {Delay} s: {Reason}")]
    public static partial void ProvisioningRetries(ILogger logger, int attempt, string delay, string reason);

    [LoggerMessage(165, LogLevel.Warning, "provisioning: {Why}")]
    public static partial void ProvisioningGoesBack(ILogger logger, string why);

    [LoggerMessage(119, LogLevel.Information, "stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(140, LogLevel.Warning, "step {Number} '{Name}' told its progress in a line that is passed over, as are all more like it: {Line}: {Why}")]
    public static partial void ProgressNotUnderstood(ILogger logger, int number, string name, string line, string why);

    [LoggerMessage(120, LogLevel.Error, "the handler of {Operation} threw an exception: {Exception}")]
    public static partial void HandlerThrew(ILogger logger, string operation, string exception);

    [LoggerMessage(121, LogLevel.Error, "the handler of {Operation} was cancelled {Grace} s ago and goes on; no other job begins before it ends")]
    public static partial void HandlerGoesOn(ILogger logger, string operation, string grace);

    [LoggerMessage(141, LogLevel.Warning, "step {Number} '{Name}': its output is not kept on the board, or not all of it: {Why}")]
    public static partial void OutputNotKept(ILogger logger, int number, string name, string why);

    [LoggerMessage(142, LogLevel.Warning, "{Job} how it ended is not kept on the board: {Why}")]
    public static partial void OutcomeNotKept(ILogger logger, JobKey job, string why);

    [LoggerMessage(160, LogLevel.Warning, "{File}: can't be written, so edgejobs status does not know the certificate in use: {Why}")]
    public static partial void CertificateNotNoted(ILogger logger, string file, string why);
}
