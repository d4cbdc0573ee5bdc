using System.Runtime.CompilerServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// Settings of .NET that it reads from the environment. Not for an agent with custom handlers, which may use the network themselves.
/// </summary>
internal static class RuntimeTuning
{
    /// <summary>
    /// Handles received data in the socket thread instead of waking a pool thread for each packet. Nothing in the agent blocks that
    /// thread except the fsyncs of its journal, which everything has to wait for anyway.
    /// </summary>
    /// <remarks>
    /// .NET reads these variables when the first socket is created, from its own copy of the environment, which steps do not get. Under
    /// the JIT, other code, such as tests, may share the process.
    /// </remarks>
    public static void ReceiveInline()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

            // The default is one thread per processor.
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");
        }
    }

    /// <summary>
    /// Keeps .NET from trusting the authorities in <c>~/.dotnet/corefx/cryptography/x509stores/root</c>, in addition to the system's: any
    /// step of the agent's user could add one. Sets HOME in .NET's copy of the environment; call it before the first certificate is read.
    /// </summary>
    public static void SkipUserTrust()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            Environment.SetEnvironmentVariable("HOME", "/dev/null");
        }
    }

    /// <summary>
    /// Keeps .NET from loading the system's trust store. It loads it for every certificate chain, even when only the authorities of
    /// <c>--ca_file</c> are trusted, and again after five minutes: each time 0.1 s of CPU time and 2 MB. Changes only the C library's
    /// environment: .NET's copy, from which steps get their variables, keeps its values.
    /// </summary>
    public static void SkipSystemTrust()
    {
        const string Nothing = "/dev/null";
        _ = Libc.SetEnvironment("SSL_CERT_DIR", Nothing, overwrite: 1);
        _ = Libc.SetEnvironment("SSL_CERT_FILE", Nothing, overwrite: 1);
    }
}
