using System.Globalization;

namespace EdgeJobs.Runtime.Linux;

internal static class SignalName
{
    private static readonly string[] Names =
    [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2",
        "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU",
        "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>A name such as <c>SIGKILL</c>; the number of a real-time signal.</summary>
    public static string Of(int signal) =>
        signal > 0 && signal <= Names.Length ? Names[signal - 1] : signal.ToString(CultureInfo.InvariantCulture);
}
