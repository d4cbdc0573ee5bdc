using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">What, in a word or two: <c>clock</c>, <c>tls</c>, <c>subscribe</c>.</param>
/// <param name="Outcome">How it stands.</param>
/// <param name="Message">One line: what was found, where, and how to mend it.</param>
/// <param name="ExitCode">What <c>edgejobs run</c> would end with because of it; 0 unless it failed.</param>
internal sealed record DoctorCheck(string Name, CheckOutcome Outcome, string Message, int ExitCode = 0)
{
    public static DoctorCheck Pass(string name, string message) => new(name, CheckOutcome.Passed, message);

    public static DoctorCheck Warn(string name, string message) => new(name, CheckOutcome.Warning, message);

    public static DoctorCheck Skip(string name, string message) => new(name, CheckOutcome.Skipped, message);

    public static DoctorCheck Fail(string name, int exitCode, string message) => new(name, CheckOutcome.Failed, message, exitCode);
}
