namespace EdgeJobs.Client;

/// <summary>
/// A certificate, key or CA file can't be used. The message is one line that names the file, the fault and the mend, made to
/// be shown to an operator; it never holds any of the file's contents.
/// </summary>
public sealed class CredentialException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One line: file, fault, mend.</param>
    public CredentialException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception with its cause.</summary>
    /// <param name="message">One line: file, fault, mend.</param>
    /// <param name="innerException">The cause.</param>
    public CredentialException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
