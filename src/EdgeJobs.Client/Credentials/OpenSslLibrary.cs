using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Engines of the OpenSSL library that .NET uses. .NET's own API takes only the names of engine and key. The PIN would have to be part of
/// the key's name, which OpenSSL prints to stderr on errors; and .NET reports only the last error.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class OpenSslLibrary
{
    private const ulong LoadDynamicEngineAndConfiguration = 0x200 | 0x40;
    private const int Rsa = 6;
    private const int EllipticCurve = 408;

    private readonly nint _library;

    private OpenSslLibrary(nint library) => _library = library;

    /// <summary>Opens the library, which is already loaded; null if it has no engines.</summary>
    public static OpenSslLibrary? Open()
    {
        string name = SafeEvpPKeyHandle.OpenSslVersion >= 0x3_00_00_00_0L ? "libcrypto.so.3" : "libcrypto.so.1.1";
        return NativeLibrary.TryLoad(name, out nint library) && NativeLibrary.TryGetExport(library, "ENGINE_by_id", out _)
            ? new OpenSslLibrary(library)
            : null;
    }

    /// <summary>Initializes an engine.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="commands">
    /// Commands for it with their values as zero-terminated UTF-8; an empty value for none, null to skip the command. Unknown commands
    /// are ignored.
    /// </param>
    /// <returns>The engine; 0 on failure, with the cause in <see cref="Errors"/>.</returns>
    public nint Engine(string name, params ReadOnlySpan<(string Command, byte[]? Value)> commands)
    {
        ClearErrors();
        _ = ((delegate* unmanaged<ulong, nint, int>)Export("OPENSSL_init_crypto"))(LoadDynamicEngineAndConfiguration, 0);
        nint engine;
        fixed (byte* id = Utf8(name))
        {
            engine = ((delegate* unmanaged<byte*, nint>)Export("ENGINE_by_id"))(id);
        }

        if (engine == 0)
        {
            return 0;
        }

        foreach ((string command, byte[]? value) in commands)
        {
            if (value is null)
            {
                continue;
            }

            fixed (byte* text = Utf8(command), argument = value)
            {
                _ = ((delegate* unmanaged<nint, byte*, byte*, int, int>)Export("ENGINE_ctrl_cmd_string"))(engine, text, argument, 1);
            }
        }

        // Never released: the keys depend on it, and OpenSSL keeps one instance per name and process anyway.
        return ((delegate* unmanaged<nint, int>)Export("ENGINE_init"))(engine) == 1 ? engine : 0;
    }

    /// <summary>Opens a key of an engine; null on failure, with the cause in <see cref="Errors"/>.</summary>
    public SafeEvpPKeyHandle? Key(nint engine, string name)
    {
        ClearErrors();
        fixed (byte* id = Utf8(name))
        {
            // No prompt for a missing PIN: there may be a terminal, but no operator.
            nint noPrompt = ((delegate* unmanaged<nint>)Export("UI_null"))();
            nint key = ((delegate* unmanaged<nint, byte*, nint, nint, nint>)Export("ENGINE_load_private_key"))(engine, id, noPrompt, 0);
            return key == 0 ? null : new SafeEvpPKeyHandle(key, ownsHandle: true);
        }
    }

    /// <summary>The key as a .NET object; null if it is neither RSA nor EC.</summary>
    public AsymmetricAlgorithm? Wrap(SafeEvpPKeyHandle key)
    {
        nint kindOf = NativeLibrary.TryGetExport(_library, "EVP_PKEY_get_base_id", out nint renamed) ? renamed : Export("EVP_PKEY_base_id");
        return ((delegate* unmanaged<nint, int>)kindOf)(key.DangerousGetHandle()) switch
        {
            Rsa => new RSAOpenSsl(key),
            EllipticCurve => new ECDsaOpenSsl(key),
            _ => null,
        };
    }

    /// <summary>All errors of the last call, the oldest first.</summary>
    public string Errors()
    {
        StringBuilder text = new();
        byte* buffer = stackalloc byte[256];
        while (((delegate* unmanaged<nuint>)Export("ERR_get_error"))() is not 0 and nuint error)
        {
            ((delegate* unmanaged<nuint, byte*, nuint, void>)Export("ERR_error_string_n"))(error, buffer, 256);
            text.Append(text.Length == 0 ? "" : "; ").Append(Marshal.PtrToStringUTF8((nint)buffer));
        }

        return text.ToString();
    }

    private void ClearErrors() => ((delegate* unmanaged<void>)Export("ERR_clear_error"))();

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
