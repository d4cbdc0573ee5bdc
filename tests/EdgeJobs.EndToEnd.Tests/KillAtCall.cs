using System.Globalization;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The words of strace that kill a program when it calls the kernel.</summary>
internal static class KillAtCall
{
    /// <summary>The exit code of a process that was killed.</summary>
    public const int ExitCode = 128 + 9;

    /// <summary>Kills the program when one of its threads makes this call for the given time. The program follows these words.</summary>
    public static string[] Words(string call, int number) =>
    [
        "-f", "-qq", "-o", "/dev/null", "-e", "trace=" + call,
        "-e", string.Create(CultureInfo.InvariantCulture, $"inject={call}:signal=KILL:when={number}"),
    ];
}
