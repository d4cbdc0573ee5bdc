namespace EdgeJobs.Client;

/// <summary>One look at the files of a thing's identity.</summary>
/// <param name="Aspect">What was looked at.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Message">One line: what, where, and the mend when there is something to mend; never a file's contents.</param>
public sealed record CredentialCheck(CredentialAspect Aspect, CheckOutcome Outcome, string Message);
