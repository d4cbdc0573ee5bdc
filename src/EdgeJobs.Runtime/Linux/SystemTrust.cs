

namespace EdgeJobs.Runtime.Linux;

/// <summary>The authorities that the system trusts.</summary>
internal static class SystemTrust
{
    /// <summary>
    /// Keeps them from being loaded. .NET loads them all for every chain that it builds, also for one that may end in the
    /// authorities of <c>--ca_file</c> alone: 0.1 s of processor time and 2 MB, each time anew after five minutes. These
    /// variables are how OpenSSL, and .NET with it, is told where they are. The C library's environment alone is changed:
    /// .NET's own copy, of which a step gets what it needs, stays as it is.
    /// </summary>
    /// <remarks>Not for an agent with handlers of its own: they may speak to servers that the system trusts.</remarks>
    public static void LeaveAlone()
    {
        const string Nothing = "/dev/null";
        _ = Libc.SetEnvironment("SSL_CERT_DIR", Nothing, overwrite: 1);
        _ = Libc.SetEnvironment("SSL_CERT_FILE", Nothing, overwrite: 1);
    }
}
