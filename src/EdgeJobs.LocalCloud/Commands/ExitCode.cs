namespace EdgeJobs.LocalCloud.Commands;

/// <summary>What the process says to its caller; the same numbers as the agent's.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The service refused the request, or a job of the demo did not end as it should.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or configuration: a flag, a file, a port in use.</summary>
    public const int Usage = 2;

    /// <summary>The local cloud can't be reached.</summary>
    public const int Unreachable = 3;

    /// <summary>Interrupted by a signal before it was done.</summary>
    public const int Interrupted = 130;
}
