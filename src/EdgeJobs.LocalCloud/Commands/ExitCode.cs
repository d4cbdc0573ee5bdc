namespace EdgeJobs.LocalCloud.Commands;

/// <summary>Exit codes; the agent uses the same numbers.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The service rejected the request, or a job of the demo did not end as expected.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or configuration: an option, a file, a port in use.</summary>
    public const int Usage = 2;

    /// <summary>The local cloud can't be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>A signal arrived before the command was done.</summary>
    public const int Interrupted = 130;
}
