namespace EdgeJobs.Runtime.Settings;

/// <summary>A flag or a setting can't be used. The message is one line that names it and the mend, made to be shown to an operator.</summary>
/// <param name="message">The line.</param>
public sealed class UsageException(string message) : Exception(message);
