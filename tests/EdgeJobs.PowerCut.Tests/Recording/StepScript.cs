using System.Globalization;

namespace EdgeJobs.PowerCut.Tests.Recording;

/// <summary>
/// How the steps of the recorded jobs end, by their names, so that a recovered board can end them in the same way: <c>fails</c> always
/// fails, <c>failsN</c> fails in its first N attempts, all others succeed.
/// </summary>
internal static class StepScript
{
    private const string Fails = "fails";
    private const int Failed = 3;

    public static int ExitCode(string step, int attempt)
    {
        int at = step.IndexOf(Fails, StringComparison.Ordinal);
        string rest = at < 0 ? string.Empty : step[(at + Fails.Length)..];
        return at < 0 || (rest.Length > 0 && attempt > int.Parse(rest, CultureInfo.InvariantCulture)) ? 0 : Failed;
    }

    /// <summary>The end of the shell command of a step.</summary>
    public static string Command(string step)
    {
        int at = step.IndexOf(Fails, StringComparison.Ordinal);
        string rest = at < 0 ? string.Empty : step[(at + Fails.Length)..];
        return at < 0 ? "exit 0"
            : rest.Length == 0 ? $"exit {Failed}"
            : $"[ $EDGEJOBS_ATTEMPT -gt {rest} ] || exit {Failed}";
    }
}
