using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace EdgeJobs.Client.Credentials;

/// <summary>The TLS library: OpenSSL.</summary>
internal static class TlsLibrary
{
    /// <summary>
    /// Starts to load it on another thread. Loading and initialization take a sixth of the time of connecting, and can run in parallel to
    /// other work of the start. Never fails: the connection reports a missing library.
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
            // The library is missing or unusable: the connection reports it.
        }
    }
}
