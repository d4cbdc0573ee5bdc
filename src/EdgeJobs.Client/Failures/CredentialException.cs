namespace EdgeJobs.Client;

/// <summary>
/// A certificate, key or CA file can't be used. The message is one line for the operator: the file, the fault and the fix. It never holds
/// any of the file's contents.
/// </summary>
public sealed class CredentialException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">One line: file, fault, fix.</param>
    public CredentialException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One line: file, fault, fix.</param>
    /// <param name="innerException">The cause.</param>
    public CredentialException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
