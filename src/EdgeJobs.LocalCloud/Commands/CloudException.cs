namespace EdgeJobs.LocalCloud.Commands;

/// <summary>The local cloud couldn't do what a command asked of it. The message is one line for the user.</summary>
internal sealed class CloudException(int exitCode, string message, string? errorType = null) : Exception(message)
{
    /// <summary>The name of AWS's exception, when the cloud refused; null otherwise.</summary>
    public string? ErrorType { get; } = errorType;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
