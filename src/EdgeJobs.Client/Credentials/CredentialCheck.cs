namespace EdgeJobs.Client.Credentials;

/// <summary>One check of a thing's credential files.</summary>
/// <param name="Aspect">What was checked.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Message">One line: the file, what was found, and the fix for a fault; never a file's contents.</param>
internal sealed record CredentialCheck(CredentialAspect Aspect, CheckOutcome Outcome, string Message);
