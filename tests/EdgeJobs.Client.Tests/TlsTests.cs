using System.Net;
using System.Net.Sockets;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Mutual TLS: every format of key, chains, and the messages if one side does not trust the other.</summary>
public sealed class TlsTests : BrokerTests
{
    [Theory]
    [InlineData(TestKey.EcP256)]
    [InlineData(TestKey.EcP256Sec1)]
    [InlineData(TestKey.EcP384)]
    [InlineData(TestKey.EcP521)]
    [InlineData(TestKey.Rsa2048Pkcs1)]
    [InlineData(TestKey.Rsa2048Pkcs8)]
    [InlineData(TestKey.Rsa4096)]
    public async Task Every_kind_of_key_connects(TestKey key) =>
        Assert.Equal((null, null), await FailureOf(Options(Broker.Certificates.IssueClient("thing", key))));

    [Fact]
    public async Task TLS_1_2_is_enough()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: "tlsv1.2");
        Assert.Equal((null, null), await FailureOf(Options() with { Port = broker.TlsPort }));
    }

    [Fact]
    public async Task Intermediates_of_the_certificate_file_are_sent()
    {
        using TestCertificates factory = Broker.Certificates.IssueAuthority("Factory");
        using TestCertificates line = factory.IssueAuthority("Line 4");
        CertificateFiles files = line.IssueClient("thing");
        Assert.Equal((null, null), await FailureOf(Options(files)));

        // Mosquitto trusts only the root, so without the intermediates it must refuse.
        string whole = await File.ReadAllTextAsync(files.Certificate);
        string leaf = Directory.Write("leaf.pem", whole[..(whole.IndexOf("-----END CERTIFICATE-----", StringComparison.Ordinal) + 26)]);
        Assert.Equal(ConnectFailureKind.Tls, (await FailureOf(Options(files with { Certificate = leaf }))).Kind);
    }

    [Fact]
    public async Task Intermediates_of_the_server_come_from_the_handshake()
    {
        using TestCertificates intermediate = Broker.Certificates.IssueAuthority("Amazing RSA 2048 M01");
        await using MosquittoBroker broker =
            await MosquittoBroker.StartAsync(certificates: Broker.Certificates, server: intermediate.IssueServer());
        Assert.Equal((null, null), await FailureOf(Options() with { Port = broker.TlsPort }));
    }

    [Fact]
    public async Task A_cross_signed_root_is_trusted_as_itself()
    {
        // Like AWS: its chain continues from Amazon Root CA 1 to a Starfield root that is not in the CA file.
        using TestCertificates older = new(Directory.Path, "Older Root");
        using TestCertificates intermediate = Broker.Certificates.IssueAuthority("Intermediate");
        CertificateFiles server = intermediate.IssueServer();
        await File.AppendAllTextAsync(server.Certificate, older.CrossSign(Broker.Certificates));
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, server: server);
        Assert.Equal((null, null), await FailureOf(Options() with { Port = broker.TlsPort }));
    }

    [Fact]
    public async Task A_CA_file_can_hold_several_authorities()
    {
        using TestCertificates other = new(Directory.Path, "Another CA");
        string both = Directory.Write(
            "both.pem", await File.ReadAllTextAsync(other.CaFile) + await File.ReadAllTextAsync(Broker.Certificates.CaFile));
        Assert.Equal((null, null), await FailureOf(Options() with { CaFile = both }));
    }

    [Fact]
    public async Task An_unusable_CA_file()
    {
        string none = Directory["none.pem"];
        Assert.Equal((ConnectFailureKind.Credentials, $"{none}: there is no such CA file; check --ca_file"),
            await FailureOf(Options() with { CaFile = none }));
        string text = Directory.Write("text", "hello");
        Assert.Equal(
            (ConnectFailureKind.Credentials, $"{text}: holds no certificate in PEM format (-----BEGIN CERTIFICATE-----); give --ca_file a "
                + $"PEM file"),
            await FailureOf(Options() with { CaFile = text }));
    }

    [Fact]
    public async Task A_certificate_without_key_or_a_key_without_certificate()
    {
        Assert.Equal((ConnectFailureKind.Credentials, "there is a certificate and no private key; give --key as well"),
            await FailureOf(Options() with { KeyFile = null }));
        Assert.Equal((ConnectFailureKind.Credentials, "there is a private key and no certificate; give --cert as well"),
            await FailureOf(Options() with { CertificateFile = null }));
    }

    [Fact]
    public async Task A_server_of_another_CA()
    {
        using TestCertificates other = new(Directory.Path, "Another CA");
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{Broker.TlsPort}: the server's certificate is issued by 'CN=EdgeJobs Test CA', which is "
                + $"not in the CA file; give --ca_file the CA that issued it, or make the server send its intermediates"),
            await FailureOf(Options() with { CaFile = other.CaFile }));
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{Broker.TlsPort}: the server's certificate is issued by 'CN=EdgeJobs Test CA', which this "
                + $"system does not trust; give --ca_file the CA that issued it, or make the server send its intermediates"),
            await FailureOf(Options() with { CaFile = null }));
    }

    [Fact]
    public async Task A_server_with_another_name()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(
            certificates: Broker.Certificates, server: Broker.Certificates.IssueServer(host: "iot.example.com"));
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{broker.TlsPort}: the server's certificate is not for 'localhost' but for "
                + $"'iot.example.com'; check the host name in --endpoint"),
            await FailureOf(Options() with { Port = broker.TlsPort }));
    }

    [Fact]
    public async Task A_server_whose_certificate_has_expired()
    {
        DateTimeOffset from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(
            certificates: Broker.Certificates, server: Broker.Certificates.IssueServer(notBefore: from, notAfter: from.AddDays(90)));
        (ConnectFailureKind? kind, string? message) = await FailureOf(Options() with { Port = broker.TlsPort });
        Assert.Equal(ConnectFailureKind.Tls, kind);
        Assert.StartsWith(
            $"localhost:{broker.TlsPort}: a certificate of the server is not valid now: 'CN=server' is valid from 2020-01-01 00:00 UTC to "
                + $"2020-03-31 00:00 UTC; renew it, or set this board's clock if it is wrong (now 20",
            message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_expired_certificate_of_the_chain_is_named()
    {
        // Only the clock is wrong: after the end of the issued certificate, before the end of its issuer's.
        CertificateFiles client = Broker.Certificates.IssueClient("thing", notAfter: DateTimeOffset.UtcNow.AddYears(9));
        FakeTimeProvider time = new(DateTimeOffset.UtcNow.AddYears(2));
        using TestCertificates intermediate = Broker.Certificates.IssueAuthority("Short-lived intermediate");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(
            certificates: Broker.Certificates, server: intermediate.IssueServer(notAfter: DateTimeOffset.UtcNow.AddYears(9)));
        (ConnectFailureKind? kind, string? message) = await FailureOf(Options(client) with { Port = broker.TlsPort }, time);
        Assert.Equal(ConnectFailureKind.Tls, kind);
        Assert.Contains("a certificate of the server is not valid now: 'CN=Short-lived intermediate' is valid from ", message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, MqttVersion.V5)]
    [InlineData(null, MqttVersion.V311)]
    [InlineData("tlsv1.2", MqttVersion.V5)]
    public async Task A_client_certificate_of_another_CA(string? tlsVersion, MqttVersion version)
    {
        using TestCertificates other = new(Directory.Path, "Another CA");
        CertificateFiles stranger = other.IssueClient("thing");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: tlsVersion);
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{broker.TlsPort} refuses the thing's certificate ({stranger.Certificate}): TLS alert "
                + $"'unknown ca'; register it or its CA there, and append the intermediates to its file"),
            await FailureOf(Options(stranger) with { Port = broker.TlsPort, Version = version }));
    }

    [Fact]
    public async Task No_client_certificate()
    {
        (ConnectFailureKind? kind, string? message) = await FailureOf(Options() with { CertificateFile = null, KeyFile = null });
        Assert.Equal(ConnectFailureKind.Tls, kind);
        Assert.EndsWith("; a server that requires a client certificate does so: give --cert and --key", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_speaks_MQTT_without_TLS() => Assert.Equal(
        (ConnectFailureKind.Tls, $"localhost:{Broker.PlainPort} closes the connection in the TLS handshake, as a port without TLS does; "
            + $"check that this port speaks MQTT over TLS (8883)"),
        await FailureOf(Options() with { Port = Broker.PlainPort }));

    [Fact]
    public async Task A_port_that_speaks_TLS_without_being_asked()
    {
        (ConnectFailureKind? kind, string? message) = await FailureOf(Plain(Broker.TlsPort));
        Assert.Equal(ConnectFailureKind.Protocol, kind);
        Assert.EndsWith(
            "; check that this port speaks MQTT without TLS (1883), or use --mqtt_version 3 if the server does not speak MQTT 5", message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "answers in HTTP: a web server listens there")]
    [InlineData("220 mail.example.com ESMTP\r\n", "answers, but not in TLS")]
    public async Task A_port_that_speaks_another_protocol(string greeting, string fault)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Task serve = Task.Run(async () =>
        {
            using Socket socket = await listener.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[4096]);
            await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes(greeting));
            await socket.ReceiveAsync(new byte[4096]);
        });
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{port} {fault}; check that this port speaks MQTT over TLS (8883)"),
            await FailureOf(Options() with { Port = port }));
        await serve;
    }

    [Fact]
    public async Task A_key_that_every_user_can_read_is_rejected()
    {
        CertificateFiles files = Broker.Certificates.IssueClient("thing");
        File.SetUnixFileMode(files.Key, (UnixFileMode)0b110_100_100);
        Assert.Equal(
            (ConnectFailureKind.Credentials, $"{files.Key}: every user of this system may read the private key (mode 644); run chmod 600 "
                + $"{files.Key}"),
            await FailureOf(Options(files)));
    }

    [Fact]
    public async Task A_warning_is_logged_once_until_it_changes()
    {
        CertificateFiles files = Broker.Certificates.IssueClient("thing");
        await using MqttConnection connection = Connection(Options(files));
        Assert.True((await connection.ConnectAsync(cleanStart: true, default)).IsConnected);
        Assert.Empty(Logger.Lines);
        File.SetUnixFileMode(files.Key, (UnixFileMode)0b110_110_000);
        Assert.True((await connection.ConnectAsync(cleanStart: true, default)).IsConnected);
        Assert.True((await connection.ConnectAsync(cleanStart: true, default)).IsConnected);
        Assert.Equal($"Warning: {files.Key}: the file's group may change the private key (mode 660); run chmod g-w {files.Key}",
            Assert.Single(Logger.Lines));
    }
}
