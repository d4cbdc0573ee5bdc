using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// A reconnect resumes the TLS session, which saves both sides their signatures and nothing else: the server's certificate is checked
/// again,
/// and a session is never resumed with another client certificate.
/// </summary>
public sealed class ResumptionTests : BrokerTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("tlsv1.2")]
    public async Task A_reconnect_resumes_the_TLS_session(string? version)
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: version);
        await using HandshakeTap tap = HandshakeTap.To(broker.TlsPort);
        await using MqttConnection connection = await ConnectedAsync(Options() with { Port = tap.Port });
        await AgainAsync(connection);
        await AgainAsync(connection);
        Assert.Equal([false, true, true], tap.Resumed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tlsv1.2")]
    public async Task A_renewed_certificate_starts_a_new_TLS_session(string? version)
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: version);
        await using HandshakeTap tap = HandshakeTap.To(broker.TlsPort);
        CertificateFiles files = Broker.Certificates.IssueClient("thing-old");
        await using MqttConnection connection = await ConnectedAsync(Options(files) with { Port = tap.Port });
        await AgainAsync(connection);

        CertificateFiles renewed = Broker.Certificates.IssueClient("thing-new");
        File.Copy(renewed.Certificate, files.Certificate, overwrite: true);
        File.Copy(renewed.Key, files.Key, overwrite: true);
        await AgainAsync(connection);
        Assert.Contains("u'thing-new'", broker.Log, StringComparison.Ordinal);
        await AgainAsync(connection);
        Assert.Equal([false, true, false, true], tap.Resumed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tlsv1.2")]
    public async Task A_resumed_server_must_still_be_trusted(string? version)
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: version);
        await using HandshakeTap tap = HandshakeTap.To(broker.TlsPort);
        string caFile = Directory.Write("ca.pem", await File.ReadAllTextAsync(Broker.Certificates.CaFile));
        await using MqttConnection connection = await ConnectedAsync(Options() with { Port = tap.Port, CaFile = caFile });

        using TestCertificates other = new(Directory.Path, "Another CA");
        File.Copy(other.CaFile, caFile, overwrite: true);
        ConnectResult result = await connection.ConnectAsync(cleanStart: false, default);
        Assert.Equal(
            $"localhost:{tap.Port}: the server's certificate is issued by 'CN=EdgeJobs Test CA', which is not in the CA file; give "
                + $"--ca_file the CA that issued it, or make the server send its intermediates",
            result.Failure?.Message);
        Assert.Equal([false, true], tap.Resumed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("tlsv1.2")]
    public async Task A_resumed_server_must_still_be_valid(string? version)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        CertificateFiles server = Broker.Certificates.IssueServer(notAfter: now.AddDays(5));
        await using MosquittoBroker broker =
            await MosquittoBroker.StartAsync(certificates: Broker.Certificates, server: server, tlsVersion: version);
        await using HandshakeTap tap = HandshakeTap.To(broker.TlsPort);
        CertificateFiles files = Broker.Certificates.IssueClient("thing", notAfter: now.AddDays(300));
        FakeTimeProvider time = new(now);
        await using MqttConnection connection =
            await ConnectedAsync(Options(files) with { Port = tap.Port, KeepAlive = TimeSpan.Zero }, time);

        time.Advance(TimeSpan.FromDays(6));
        ConnectResult result = await connection.ConnectAsync(cleanStart: false, default);
        Assert.StartsWith($"localhost:{tap.Port}: a certificate of the server is not valid now: 'CN=server' is valid from ",
            result.Failure?.Message, StringComparison.Ordinal);
        Assert.Equal([false, true], tap.Resumed);
    }

    private static async Task AgainAsync(MqttConnection connection) =>
        Assert.Null((await Wait.ForAsync(connection.ConnectAsync(cleanStart: false, default), "the connection")).Failure);
}
