using System.Text.Json;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The native agent with each kind of key, started as by systemd, with Mosquitto and client certificates.</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private const int Usage = 2;
    private const int CannotConnect = 3;
    private const string Passphrase = "a-planted-secret";
    private readonly TestDirectory _directory = new();
    private MosquittoBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await MosquittoBroker.StartAsync();

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("EC:prime256v1")]
    [InlineData("rsa:2048")]
    public async Task A_key_in_a_PKCS11_token(string kind)
    {
        await using Pkcs11Token token = await Pkcs11Token.CreateAsync();
        await ConnectAsync(token, kind);
    }

    [Fact]
    public async Task A_key_in_a_TPM()
    {
        await using Pkcs11Token token = await Pkcs11Token.CreateInTpmAsync();
        await ConnectAsync(token, "EC:prime256v1");
    }

    [Fact]
    public async Task Token_faults_are_reported()
    {
        await using Pkcs11Token token = await Pkcs11Token.CreateAsync();
        string certificate = _broker.Certificates.IssueClientFor("board-1", await token.CreateKeyAsync("thing", "EC:prime256v1"));
        string wrong = Secret("1111-wrong-pin\n");
        const string Name = "pkcs11:token=board;object=thing;type=private";

        string[] run = Run(certificate, token.UriOf("thing"));
        await RefusedAsync(
            [.. run, "--key_passphrase_file", wrong],
            Usage,
            $"{Name}: the token refuses the PIN in {wrong}; correct it there; after a few wrong PINs a token locks itself",
            token.Environment);
        await RefusedAsync(run, Usage, "if the token asks for a PIN, give --key_passphrase_file the file that holds it", token.Environment);
        await RefusedAsync(
            [.. Run(certificate, "pkcs11:token=board;object=thing?module-path=/nowhere/m.so"), "--key_passphrase_file", token.PinFile],
            Usage,
            $"{Name}: can't load /nowhere/m.so; check that it is there and is a PKCS#11 library for this machine",
            token.Environment);
        await RefusedAsync(
            [.. run, "--key_passphrase_file", token.PinFile],
            Usage,
            $"{Name}: OpenSSL has no engine 'pkcs11', which keys in tokens require; install it (Debian: libengine-pkcs11-openssl), "
                + "or set OPENSSL_ENGINES to its directory",
            [.. token.Environment, ("OPENSSL_ENGINES", _directory.Path)]);
    }

    [Fact]
    public async Task An_encrypted_key_with_its_passphrase_in_a_systemd_credential()
    {
        CertificateFiles files = _broker.Certificates.IssueClient("board-1");
        string encrypted = _directory["encrypted.key"];
        string credentials = Directory.CreateDirectory(_directory["credentials"]).FullName;
        string passphrase = Path.Combine(credentials, "key_passphrase");
        await File.WriteAllTextAsync(passphrase, Passphrase + "\n");
        File.SetUnixFileMode(passphrase, UnixFileMode.UserRead);
        ChildResult encrypt = await ChildProcess.RunAsync(
            "openssl",
            ["pkcs8", "-topk8", "-v2", "aes256", "-in", files.Key, "-out", encrypted, "-passout", "file:" + passphrase]);
        Assert.True(encrypt.ExitCode == 0, encrypt.ToString());
        await ConnectedAsync(Run(files.Certificate, encrypted), ("CREDENTIALS_DIRECTORY", credentials));

        // A wrong passphrase is rejected, and neither passphrase is logged.
        string wrong = Secret("another-planted-secret");
        await RefusedAsync(
            [.. Run(files.Certificate, encrypted), "--key_passphrase_file", wrong],
            Usage,
            $"{encrypted}: the private key can't be decrypted with the passphrase in {wrong}; ");
    }

    [Fact]
    public async Task A_world_readable_key_and_a_revoked_certificate_are_rejected()
    {
        CertificateFiles files = _broker.Certificates.IssueClient("board-1");
        File.SetUnixFileMode(files.Key, (UnixFileMode)0b110_100_100);
        await RefusedAsync(
            Run(files.Certificate, files.Key),
            Usage,
            $"{files.Key}: every user of this system may read the private key (mode 644); run chmod 600 {files.Key}");

        CertificateFiles revoked = _broker.Certificates.IssueClient("board-2");
        await using MosquittoBroker strict = await MosquittoBroker.StartAsync(
            certificates: _broker.Certificates,
            revoked: _broker.Certificates.Revoke(revoked));
        await RefusedAsync(
            [.. Run(revoked.Certificate, revoked.Key), "--endpoint", $"localhost:{strict.TlsPort}"], CannotConnect,
            "TLS alert 'certificate revoked'; it was revoked there: give the thing a new certificate");
    }

    [Fact]
    public async Task SIGHUP_loads_a_renewed_certificate_and_status_shows_it()
    {
        CertificateFiles files = _broker.Certificates.IssueClient("board-old", notAfter: DateTimeOffset.UtcNow.AddDays(9.5));
        await using ChildProcess agent = AgentBinary.X64.Start(
            [.. Run(files.Certificate, files.Key), "--endpoint", $"localhost:{_broker.TlsPort}"]);
        await agent.WaitForLineAsync(l => l.Contains("the certificate expires in 9 days, on ", StringComparison.Ordinal), "the warning");
        await agent.WaitForLineAsync(IsConnected, "connecting");
        ChildResult status = await AgentBinary.X64.RunAsync(["status", "--data_dir", _directory["agent"]]);
        Assert.Contains("last connected with the certificate of 'CN=board-old'", status.Output, StringComparison.Ordinal);
        Assert.Contains("the certificate expires in 9 days, on ", status.Output, StringComparison.Ordinal);

        CertificateFiles renewed = _broker.Certificates.IssueClient("board-new");
        File.Copy(renewed.Certificate, files.Certificate, overwrite: true);
        File.Copy(renewed.Key, files.Key, overwrite: true);
        ChildResult signal = await ChildProcess.RunAsync(
            "kill",
            ["-HUP", agent.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.True(signal.ExitCode == 0, signal.ToString());
        await agent.WaitForLineAsync(l => l.Contains("holds another certificate, serial number ", StringComparison.Ordinal), "the renewal");
        await agent.WaitUntilAsync(
            () => Task.FromResult(_broker.Log.Contains("u'board-new'", StringComparison.Ordinal)),
            "the connection with the new certificate");

        // The status file is written before the log line of the subscriptions.
        await agent.WaitUntilAsync(() => Task.FromResult(agent.Errors.Split('\n').Count(IsConnected) == 2), "the subscriptions of it");
        status = await AgentBinary.X64.RunAsync(["status", "--data_dir", _directory["agent"], "--json"]);
        using JsonDocument json = JsonDocument.Parse(status.Output);
        JsonElement certificate = json.RootElement.GetProperty("certificate");
        Assert.Equal(
            ("CN=board-new", "valid"),
            (certificate.GetProperty("subject").GetString(), certificate.GetProperty("state").GetString()));
    }

    private static bool IsConnected(string line) => line.Contains("connected to localhost:", StringComparison.Ordinal);

    private async Task ConnectAsync(Pkcs11Token token, string kind)
    {
        string certificate = _broker.Certificates.IssueClientFor("board-1", await token.CreateKeyAsync("thing", kind));
        await ConnectedAsync([.. Run(certificate, token.UriOf("thing")), "--key_passphrase_file", token.PinFile], [.. token.Environment]);
    }

    private async Task ConnectedAsync(string[] run, params (string Name, string Value)[] environment)
    {
        await using ChildProcess agent = AgentBinary.X64.Start([.. run, "--endpoint", $"localhost:{_broker.TlsPort}"], environment);
        await agent.WaitForLineAsync(IsConnected, "connecting");
        agent.AskToEnd();
        ChildResult result = await agent.WaitForExitAsync();

        // Libraries of tokens have their own ideas of how a process ends.
        Assert.True(result.ExitCode == 0, result.ToString());
        AssertNoSecret(result);
    }

    private async Task RefusedAsync(
        IReadOnlyList<string> run,
        int exitCode,
        string message,
        IReadOnlyList<(string Name, string Value)>? environment = null)
    {
        ChildResult result = await AgentBinary.X64.RunAsync(
            run.Contains("--endpoint") ? run : [.. run, "--endpoint", $"localhost:{_broker.TlsPort}"],
            [.. environment ?? []]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        AssertNoSecret(result);
    }

    private static void AssertNoSecret(ChildResult result)
    {
        foreach (string secret in (string[])[Pkcs11Token.Pin, Passphrase, "1111-wrong-pin", "another-planted-secret"])
        {
            Assert.DoesNotContain(secret, result.Output + result.Errors, StringComparison.Ordinal);
        }
    }

    private string Secret(string text)
    {
        string file = _directory.Write("secret", text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private string[] Run(string certificate, string key) =>
    [
        "run", "--thing_name", "board-1", "--cert", certificate, "--key", key, "--ca_file", _broker.Certificates.CaFile,
        "--data_dir", _directory["agent"],
    ];
}
