using System.ComponentModel;
using System.Diagnostics;

namespace EdgeJobs.Testing;

/// <summary>A PKCS#11 token: SoftHSM, or a software TPM 2.0 with tpm2-pkcs11.</summary>
public sealed class Pkcs11Token : IAsyncDisposable
{
    public const string Pin = "4321-the-pin";

    private readonly TestDirectory _directory = new();
    private readonly string _module;
    private Process? _tpm;

    private Pkcs11Token(string module) => _module = module;

    /// <summary>The environment variables with which a process finds the token.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; private set; } = [];

    /// <summary>A file with the PIN and a newline, mode 600.</summary>
    public string PinFile { get; private set; } = "";

    /// <summary>Creates a SoftHSM token.</summary>
    public static async Task<Pkcs11Token> CreateAsync()
    {
        Pkcs11Token token = new("/usr/lib/softhsm/libsofthsm2.so");
        Directory.CreateDirectory(token._directory["tokens"]);
        string configuration = token._directory.Write(
            "softhsm2.conf",
            $"directories.tokendir = {token._directory["tokens"]}\nobjectstore.backend = file\n");
        token.Environment = [("SOFTHSM2_CONF", configuration)];
        await token.InitializeAsync();
        return token;
    }

    /// <summary>Creates a software TPM with a token.</summary>
    public static async Task<Pkcs11Token> CreateInTpmAsync()
    {
        Pkcs11Token token = new(FindLibrary("libtpm2_pkcs11.so.1"));
        Directory.CreateDirectory(token._directory["state"]);
        Directory.CreateDirectory(token._directory["store"]);
        string socket = token._directory["tpm"];
        token._tpm = Start(
            "swtpm",
            [
                "socket", "--tpm2", "--tpmstate", $"dir={token._directory["state"]}", "--ctrl", $"type=unixio,path={socket}.ctrl",
                "--server", $"type=unixio,path={socket}", "--flags", "not-need-init,startup-clear",
            ]);
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (!File.Exists(socket + ".ctrl") || !File.Exists(socket))
        {
            await Task.Delay(20, deadline.Token);
        }

        token.Environment =
        [
            ("TPM2_PKCS11_TCTI", $"swtpm:path={socket}"),
            ("TPM2_PKCS11_STORE", token._directory["store"]),
            ("TPM2_PKCS11_LOG_LEVEL", "0"),
            ("TSS2_LOG", "all+NONE"),
        ];
        await token.InitializeAsync();
        return token;
    }

    /// <summary>Creates a key pair in the token; the kinds are those of pkcs11-tool: <c>EC:prime256v1</c>, <c>rsa:2048</c>.</summary>
    /// <returns>The public key in DER form.</returns>
    public async Task<byte[]> CreateKeyAsync(string label, string kind)
    {
        string id = Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(label));
        await ToolAsync("--login", "--pin", Pin, "--keypairgen", "--key-type", kind, "--label", label, "--id", id);
        string file = _directory[label + ".der"];
        await ToolAsync("--read-object", "--type", "pubkey", "--label", label, "--output-file", file);
        return await File.ReadAllBytesAsync(file);
    }

    /// <summary>The value for <c>--key</c>.</summary>
    public string UriOf(string label) => $"pkcs11:token=board;object={label}?module-path={_module}";

    public async ValueTask DisposeAsync()
    {
        if (_tpm is not null)
        {
            _tpm.Kill();
            await _tpm.WaitForExitAsync();
            _tpm.Dispose();
        }

        _directory.Dispose();
    }

    private async Task InitializeAsync()
    {
        PinFile = _directory.Write("pin", Pin + "\n");
        File.SetUnixFileMode(PinFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ToolAsync("--init-token", "--slot-index", "0", "--label", "board", "--so-pin", "12345678");
        await ToolAsync("--init-pin", "--slot-index", "0", "--login", "--login-type", "so", "--so-pin", "12345678", "--new-pin", Pin);
    }

    private async Task ToolAsync(params string[] arguments)
    {
        ChildResult result = await ChildProcess.RunAsync("pkcs11-tool", ["--module", _module, .. arguments], [.. Environment]);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.ToString());
        }
    }

    private static Process Start(string program, params string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments))!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{program} is not installed; run ./test.sh PROJECT, which installs it", e);
        }
    }

    /// <summary>On Debian the directory is named after the processor architecture.</summary>
    private static string FindLibrary(string name) =>
        Directory.EnumerateDirectories("/usr/lib").Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            $"{name} is not in /usr/lib/*; run ./test.sh PROJECT, which installs libtpm2-pkcs11-1");
}
