using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Private keys in a PKCS#11 token: a smart card, an HSM, or a TPM with tpm2-pkcs11. An RFC 7512 URI names the key; OpenSSL's engine
/// <c>pkcs11</c> uses it. The key never leaves the token.
/// </summary>
internal static class TokenKey
{
    private const string Scheme = "pkcs11:";
    private const string Engine = "pkcs11";
    private const string AskedForPin = "if the token asks for a PIN, give --key_passphrase_file the file that holds it";

    /// <summary>True if a key is named by a URI, not by a file.</summary>
    public static bool IsNamedBy(string key) => key.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Opens the key.</summary>
    /// <param name="uri">Its name.</param>
    /// <param name="passphraseFile">The file of the PIN; null for none.</param>
    /// <exception cref="CredentialException">It can't be used.</exception>
    public static PrivateKey Open(string uri, string? passphraseFile)
    {
        (string name, string? module, string? pinSource) = Parse(uri);
        string? pinFile = passphraseFile ?? pinSource;
        if (!OperatingSystem.IsLinux() || OpenSslLibrary.Open() is not { } library)
        {
            throw new CredentialException($"{name}: this system's OpenSSL has no engines, which keys in tokens require; use an OpenSSL 3 "
                + $"or 1.1 with engines, such as Debian's");
        }

        nint engine = Begin(library, module, pinFile);
        if (engine == 0)
        {
            throw new CredentialException($"{name}: {WhyNoEngine(library.Errors(), module)}");
        }

        using SafeEvpPKeyHandle handle = library.Key(engine, name)
            ?? throw new CredentialException($"{name}: {WhyNoKey(library.Errors(), pinFile, module)}");
        return library.Wrap(handle) is { } key
            ? new PrivateKey(key, "in a PKCS#11 token")
            : throw new CredentialException($"{name}: the token's key is neither RSA nor EC; name such a key");
    }

    /// <summary>Splits a URI into the key's name and the attributes that say how to reach it.</summary>
    /// <exception cref="CredentialException">The URI holds the PIN itself.</exception>
    internal static (string Name, string? Module, string? PinSource) Parse(string uri)
    {
        StringBuilder name = new(Scheme);
        string? module = null, pinSource = null;
        bool hasType = false;
        foreach (string attribute in uri[Scheme.Length..].Split(';', '?', '&'))
        {
            if (Value(attribute, "module-path=") is { } path)
            {
                module = path;
            }
            else if (Value(attribute, "pin-source=") is { } source)
            {
                pinSource = source.StartsWith("file:", StringComparison.Ordinal) ? source["file:".Length..] : source;
            }
            else if (Value(attribute, "pin-value=") is not null)
            {
                throw new CredentialException("--key: the URI of the token's key holds its PIN, which every user of this system can read; "
                    + "write the PIN to a file with mode 600 and give --key_passphrase_file that file");
            }
            else if (attribute.Length > 0)
            {
                hasType |= attribute.StartsWith("type=", StringComparison.Ordinal);
                name.Append(name.Length == Scheme.Length ? "" : ";").Append(attribute);
            }
        }

        return (name.Append(hasType ? "" : name.Length == Scheme.Length ? "type=private" : ";type=private").ToString(), module, pinSource);
    }

    private static string? Value(string attribute, string name) =>
        attribute.StartsWith(name, StringComparison.Ordinal) ? Uri.UnescapeDataString(attribute[name.Length..]) : null;

    [SupportedOSPlatform("linux")]
    private static nint Begin(OpenSslLibrary library, string? module, string? pinFile)
    {
        byte[]? path = module is null ? null : Encoding.UTF8.GetBytes(module + '\0');
        if (pinFile is null)
        {
            return library.Engine(Engine, ("QUIET", []), ("MODULE_PATH", path));
        }

        using SecretText text = PemFile.Read(pinFile, "PIN", "--key_passphrase_file");
        if (KeyPermissions.OpenToOthers(text.File, pinFile, "PIN") is { } fault)
        {
            throw new CredentialException(fault);
        }

        // Zero-terminated, as the array begins with zeros.
        byte[] pin = GC.AllocateArray<byte>(Encoding.UTF8.GetMaxByteCount(text.Line.Length) + 1, pinned: true);
        try
        {
            Encoding.UTF8.GetBytes(text.Line, pin);
            return library.Engine(Engine, ("QUIET", []), ("MODULE_PATH", path), ("PIN", pin));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private static string WhyNoEngine(string errors, string? module) =>
        errors.Contains("no such engine", StringComparison.Ordinal)
            || errors.Contains("could not load the shared library", StringComparison.Ordinal)
            ? $"OpenSSL has no engine '{Engine}', which keys in tokens require; install it (Debian: libengine-pkcs11-openssl), or set "
                + $"OPENSSL_ENGINES to its directory"
            : $"OpenSSL's engine '{Engine}' can't start ({errors}); check that {Module(module)} is this token's PKCS#11 library";

    private static string WhyNoKey(string errors, string? pinFile, string? module) =>
        errors.Contains("PIN incorrect", StringComparison.Ordinal)
            ? pinFile is null ? AskedForPin : $"the token refuses the PIN in {pinFile}; correct it there; after a few wrong PINs a token "
                + $"locks itself"
        : errors.Contains("PIN locked", StringComparison.Ordinal)
            ? "the token is locked after wrong PINs; unlock it with the vendor's tools"
        : errors.Contains("Unable to load PKCS#11 module", StringComparison.Ordinal)
            ? $"can't load {Module(module)}; check that it is there and is a PKCS#11 library for this machine"
        : $"there is no such private key or no such token ({(errors.Length == 0 ? "no reason given" : errors)}); "
            + $"{(pinFile is null ? AskedForPin + " (a token hides its keys without one); " : "")}compare with the output of pkcs11-tool "
            + $"--login --list-objects, and check {Module(module)}";

    private static string Module(string? module) =>
        module ?? "the token's library (module-path in the URI, else PKCS11_MODULE_PATH, else p11-kit's configuration)";
}
