using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace EdgeJobs.Client;

/// <summary>The library that TLS comes from: OpenSSL.</summary>
public static class TlsLibrary
{
    /// <summary>
    /// Begins to load it on another thread. Loading and its own beginning take a sixth of what connecting costs; whoever has other
    /// things to do before can have both at once, where there are two processors. Never fails: whoever uses the library is told.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static void Prepare() => new Thread(Load) { IsBackground = true, Name = "OpenSSL" }.Start();

    [SupportedOSPlatform("linux")]
    private static void Load()
    {
        try
        {
            _ = SafeEvpPKeyHandle.OpenSslVersion;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // There is none, or it can't be used: the connection says so.
        }
    }
}
