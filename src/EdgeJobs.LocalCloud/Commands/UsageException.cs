namespace EdgeJobs.LocalCloud.Commands;

/// <summary>A command line that can't be carried out as it is written. The message is one line for the user; the exit code is 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
