namespace EdgeJobs.LocalCloud.Commands;

/// <summary>The local cloud couldn't complete a command's request. The message is one line for the user.</summary>
internal sealed class CloudException(int exitCode, string message, string? errorType = null) : Exception(message)
{
    /// <summary>The name of the AWS exception if the cloud rejected the request; otherwise null.</summary>
    public string? ErrorType { get; } = errorType;

    public int ExitCode { get; } = exitCode;
}
