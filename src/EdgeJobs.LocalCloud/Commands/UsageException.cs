namespace EdgeJobs.LocalCloud.Commands;

/// <summary>An invalid command line. The message is one line for the user; the exit code is 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
