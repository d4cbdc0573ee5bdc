using System.ComponentModel;
using System.Diagnostics;

namespace EdgeJobs.Testing;

/// <summary>A PKCS#11 token of its own: SoftHSM, or a TPM 2.0 in software by way of tpm2-pkcs11.</summary>
public sealed class Pkcs11Token : IAsyncDisposable
{
    public const string Pin = "4321-the-pin";

    private readonly TestDirectory _directory = new();
    private readonly string _module;
    private Process? _tpm;

    private Pkcs11Token(string module) => _module = module;

    /// <summary>What a process needs in its environment to find the token.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; private set; } = [];

    /// <summary>A file with the PIN and a line break, mode 600.</summary>
    public string PinFile { get; private set; } = "";

    /// <summary>Makes a token in software.</summary>
    public static async Task<Pkcs11Token> CreateAsync()
    {
        Pkcs11Token token = new("/usr/lib/softhsm/libsofthsm2.so");
        Directory.CreateDirectory(token._directory["tokens"]);
        string configuration = token._directory.Write("softhsm2.conf", $"directories.tokendir = {token._directory["tokens"]}\nobjectstore.backend = file\n");
        token.Environment = [("SOFTHSM2_CONF", configuration)];
        await token.InitializeAsync();
        return token;
    }

    /// <summary>Makes a TPM in software, with a token in it.</summary>
    public static async Task<Pkcs11Token> CreateInTpmAsync()
    {
        Pkcs11Token token = new(FindLibrary("libtpm2_pkcs11.so.1"));
        Directory.CreateDirectory(token._directory["state"]);
        Directory.CreateDirectory(token._directory["store"]);
        string socket = token._directory["tpm"];
        token._tpm = Start("swtpm", "socket", "--tpm2", "--tpmstate", $"dir={token._directory["state"]}", "--ctrl", $"type=unixio,path={socket}.ctrl",
            "--server", $"type=unixio,path={socket}", "--flags", "not-need-init,startup-clear");
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

    /// <summary>Makes a key pair in the token.</summary>
    /// <param name="label">Its name.</param>
    /// <param name="kind">As pkcs11-tool names it: <c>EC:prime256v1</c>, <c>rsa:2048</c>.</param>
    /// <returns>The public key in DER form.</returns>
    public async Task<byte[]> CreateKeyAsync(string label, string kind)
    {
        await ToolAsync("--login", "--pin", Pin, "--keypairgen", "--key-type", kind, "--label", label, "--id", Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(label)));
        string file = _directory[label + ".der"];
        await ToolAsync("--read-object", "--type", "pubkey", "--label", label, "--output-file", file);
        return await File.ReadAllBytesAsync(file);
    }

    /// <summary>What <c>--key</c> takes.</summary>
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
            throw new InvalidOperationException($"{program} is not installed: apt-get install {program} (./test.sh does it)", e);
        }
    }

    /// <summary>Debian keeps it in a directory that is named after the processor.</summary>
    private static string FindLibrary(string name) =>
        Directory.EnumerateDirectories("/usr/lib").Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{name} is in no directory of /usr/lib: apt-get install libtpm2-pkcs11-1 (./test.sh does it)");
}
