using System.Runtime.InteropServices;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Keys that stay in a PKCS#11 token, here SoftHSM, through OpenSSL's engine.</summary>
public sealed partial class TokenTests(TokenTests.Token token) : BrokerTests, IClassFixture<TokenTests.Token>
{
    [Theory]
    [InlineData("ec", null, MqttVersion.V5)]
    [InlineData("ec", "tlsv1.2", MqttVersion.V311)]
    [InlineData("rsa", null, MqttVersion.V5)]
    [InlineData("rsa", "tlsv1.2", MqttVersion.V5)]
    public async Task A_key_in_a_token_connects(string key, string? tlsVersion, MqttVersion version)
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: tlsVersion);
        MqttConnectionOptions options = Options(key) with { Port = broker.TlsPort, Version = version };
        await using MqttConnection connection = Connection(options);

        // More than once: each connection opens the key again.
        for (int i = 0; i < 3; i++)
        {
            Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure?.Message);
        }

        Assert.Empty(Logger.Lines);
        CredentialCheck[] checks = [.. CredentialInspection.Inspect(options, TimeProvider.System)];
        Assert.Equal($"pkcs11:token=board;object={key};type=private: {(key == "ec" ? "EC 256" : "RSA 2048")} bit, in a PKCS#11 token",
            checks[3].Message);
        Assert.All(checks, c => Assert.Equal(CheckOutcome.Passed, c.Outcome));
    }

    [Fact]
    public async Task A_missing_key()
    {
        (ConnectFailureKind? kind, string? message) = await FailureOf(Options("ec") with { KeyFile = token.Value.UriOf("nobody") });
        Assert.Equal(ConnectFailureKind.Credentials, kind);
        Assert.StartsWith("pkcs11:token=board;object=nobody;type=private: there is no such private key or no such token (", message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_of_another_certificate() => Assert.Equal(
        (ConnectFailureKind.Credentials, $"pkcs11:token=board;object=rsa;type=private: the private key does not belong to the certificate "
            + $"{Options("ec").CertificateFile}; take both files from the same thing"),
        await FailureOf(Options("ec") with { KeyFile = token.Value.UriOf("rsa") }));

    [Fact]
    public async Task A_PIN_that_every_user_can_read()
    {
        string open = Directory.Write("pin", Pkcs11Token.Pin);
        File.SetUnixFileMode(open, (UnixFileMode)0b110_100_100);
        Assert.Equal(
            (ConnectFailureKind.Credentials, $"{open}: every user of this system may read the PIN (mode 644); run chmod 600 {open}"),
            await FailureOf(Options("ec") with { KeyPassphraseFile = open }));
        Assert.Equal(
            (ConnectFailureKind.Credentials, "--key: the URI of the token's key holds its PIN, which every user of this system can read; "
                + "write the PIN to a file with mode 600 and give --key_passphrase_file that file"),
            await FailureOf(Options("ec") with { KeyFile = "pkcs11:token=board;object=ec?pin-value=" + Pkcs11Token.Pin }));
    }

    [Theory]
    [InlineData("pkcs11:", "pkcs11:type=private", null, null)]
    [InlineData("pkcs11:token=a%20b;object=c", "pkcs11:token=a%20b;object=c;type=private", null, null)]
    [InlineData("pkcs11:type=private;id=%01?module-path=/usr/lib/m.so&pin-source=file:/etc/pin", "pkcs11:type=private;id=%01",
        "/usr/lib/m.so", "/etc/pin")]
    [InlineData("pkcs11:id=%01;pin-source=/etc/my%20pin?module-path=/m%20n", "pkcs11:id=%01;type=private", "/m n", "/etc/my pin")]
    public void The_parts_of_a_URI(string uri, string name, string? module, string? pinSource) =>
        Assert.Equal((name, module, pinSource), TokenKey.Parse(uri));

    private MqttConnectionOptions Options(string key) => Options() with
    {
        CertificateFile = token.Certificate(Broker.Certificates, key),
        KeyFile = token.Value.UriOf(key),
        KeyPassphraseFile = token.Value.PinFile,
    };

    /// <summary>One token for the class; SoftHSM's configuration is set once for the process.</summary>
    public sealed partial class Token : IAsyncLifetime
    {
        private readonly Dictionary<string, byte[]> _keys = [];
        private readonly Dictionary<string, string> _certificates = [];

        public Pkcs11Token Value { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Value = await Pkcs11Token.CreateAsync();
            foreach ((string name, string value) in Value.Environment)
            {
                // SoftHSM does not see environment variables that only .NET has set.
                Assert.Equal(0, SetEnvironment(name, value, 1));
            }

            _keys["ec"] = await Value.CreateKeyAsync("ec", "EC:prime256v1");
            _keys["rsa"] = await Value.CreateKeyAsync("rsa", "rsa:2048");
        }

        public string Certificate(TestCertificates authority, string key)
        {
            string id = authority.CaFile + key;
            return _certificates.TryGetValue(id, out string? file)
                ? file
                : _certificates[id] = authority.IssueClientFor("thing", _keys[key]);
        }

        public async Task DisposeAsync() => await Value.DisposeAsync();

        [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
        private static partial int SetEnvironment(string name, string value, int overwrite);
    }
}
