namespace EdgeJobs.Runtime.Settings;

/// <summary>A flag, a setting or a file is not valid. The message is one line for the operator, with the fix.</summary>
internal sealed class UsageException(string message) : Exception(message);
