using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Engines of the OpenSSL that .NET uses. .NET opens a key by an engine's name and the key's, which leaves the PIN no place
/// but the key's name, and that is written to stderr when something fails; and it keeps no more than the last of the reasons.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class OpenSslLibrary
{
    private const ulong LoadDynamicEngineAndConfiguration = 0x200 | 0x40;
    private const int Rsa = 6;
    private const int EllipticCurve = 408;

    private readonly nint _library;

    private OpenSslLibrary(nint library) => _library = library;

    /// <summary>Opens the library, which is already loaded; null when it is none that is known.</summary>
    public static OpenSslLibrary? Open()
    {
        string name = SafeEvpPKeyHandle.OpenSslVersion >= 0x3_00_00_00_0L ? "libcrypto.so.3" : "libcrypto.so.1.1";
        return NativeLibrary.TryLoad(name, out nint library) && NativeLibrary.TryGetExport(library, "ENGINE_by_id", out _)
            ? new OpenSslLibrary(library)
            : null;
    }

    /// <summary>Makes an engine ready.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="commands">Commands for it and their values, as zero-terminated UTF-8, empty for none; left out when null. It may not know them.</param>
    /// <returns>The engine; 0 when there is none, or it can't begin: <see cref="Errors"/> knows why.</returns>
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

        // Never finished: the keys stand on it, and OpenSSL keeps one of a name in a process anyway.
        return ((delegate* unmanaged<nint, int>)Export("ENGINE_init"))(engine) == 1 ? engine : 0;
    }

    /// <summary>Opens a key of an engine; null when it can't: <see cref="Errors"/> knows why.</summary>
    public SafeEvpPKeyHandle? Key(nint engine, string name)
    {
        ClearErrors();
        fixed (byte* id = Utf8(name))
        {
            // A PIN that is missing is asked of nobody: there may be a terminal, but no operator.
            nint nobody = ((delegate* unmanaged<nint>)Export("UI_null"))();
            nint key = ((delegate* unmanaged<nint, byte*, nint, nint, nint>)Export("ENGINE_load_private_key"))(engine, id, nobody, 0);
            return key == 0 ? null : new SafeEvpPKeyHandle(key, ownsHandle: true);
        }
    }

    /// <summary>The key with .NET's methods; null when it is neither RSA nor EC.</summary>
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

    /// <summary>Why the last call failed: all reasons, the first that was met first.</summary>
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
