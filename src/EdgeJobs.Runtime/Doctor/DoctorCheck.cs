using EdgeJobs.Client.Credentials;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>The result of one check.</summary>
/// <param name="Name">One or two words: <c>clock</c>, <c>tls</c>, <c>subscribe</c>.</param>
/// <param name="Outcome">Whether it passed.</param>
/// <param name="Message">One line: what was found, where, and the fix.</param>
/// <param name="ExitCode">The code that <c>edgejobs run</c> would exit with; 0 unless the check failed.</param>
internal sealed record DoctorCheck(string Name, CheckOutcome Outcome, string Message, int ExitCode = 0)
{
    public static DoctorCheck Pass(string name, string message) => new(name, CheckOutcome.Passed, message);

    public static DoctorCheck Warn(string name, string message) => new(name, CheckOutcome.Warning, message);

    public static DoctorCheck Skip(string name, string message) => new(name, CheckOutcome.Skipped, message);

    public static DoctorCheck Fail(string name, int exitCode, string message) => new(name, CheckOutcome.Failed, message, exitCode);
}
