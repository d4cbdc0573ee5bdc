using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>An expiring certificate is reported in time, and a new one is used.</summary>
public sealed class RenewalTests : BrokerTests
{
    private readonly List<string> _used = [];

    [Fact]
    public async Task The_next_connection_uses_replaced_files()
    {
        CertificateFiles files = Broker.Certificates.IssueClient("thing-old");
        await using MqttConnection connection = await ConnectedAsync(Watched(files));
        Assert.Contains("u'thing-old'", Broker.Log, StringComparison.Ordinal);

        Replace(files, Broker.Certificates.IssueClient("thing-new", TestKey.Rsa2048Pkcs8));
        await Broker.KillAsync();
        await LossAsync();
        await Broker.StartAsync();
        Assert.Null((await connection.ConnectAsync(cleanStart: false, default)).Failure);
        Assert.Contains("u'thing-new'", Broker.Log, StringComparison.Ordinal);
        Assert.Equal(["CN=thing-old", "CN=thing-new"], _used);
    }

    [Fact]
    public async Task Only_usable_new_files_close_the_connection()
    {
        CertificateFiles files = Broker.Certificates.IssueClient("thing-old");
        await using MqttConnection connection = await ConnectedAsync(Watched(files));
        connection.DropIfRenewed();
        Assert.Empty(Logger.Lines);

        // During the replacement: the new certificate is there, its key is not.
        CertificateFiles renewed = Broker.Certificates.IssueClient("thing-new");
        File.Copy(renewed.Certificate, files.Certificate, overwrite: true);
        connection.DropIfRenewed();
        Assert.True(connection.IsConnected);
        Assert.Equal(
            $"Warning: the connection keeps its certificate, because the files can't be used: {files.Key}: the private key does not belong "
                + $"to the certificate {files.Certificate}; take both files from the same thing",
            Assert.Single(Logger.Lines));

        File.Copy(renewed.Key, files.Key, overwrite: true);
        connection.DropIfRenewed();
        Assert.Equal("the client reconnects with the renewed certificate", await LossAsync());
        Assert.StartsWith(
            $"Information: {files.Certificate} holds another certificate, serial number ", Logger.Lines.Last(), StringComparison.Ordinal);
        Assert.Null((await connection.ConnectAsync(cleanStart: false, default)).Failure);
        Assert.Equal(["CN=thing-old", "CN=thing-new"], _used);
    }

    [Fact]
    public async Task An_expiring_certificate_is_a_daily_warning_until_it_is_renewed()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        CertificateFiles files = Broker.Certificates.IssueClient("thing-old", notAfter: now.AddDays(32));
        FakeTimeProvider time = new(now);
        await using MqttConnection connection =
            await ConnectedAsync(Watched(files) with { KeepAlive = TimeSpan.Zero, Version = MqttVersion.V311 }, time);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Empty(Logger.Lines);

        time.Advance(TimeSpan.FromDays(1.5));
        Assert.StartsWith($"Warning: {files.Certificate}: the certificate expires in 29 days, on ", Assert.Single(Logger.Lines),
            StringComparison.Ordinal);
        time.Advance(TimeSpan.FromDays(1));
        Assert.StartsWith(
            $"Warning: {files.Certificate}: the certificate expires in 28 days, on ", Logger.Lines.Last(), StringComparison.Ordinal);

        Replace(files, Broker.Certificates.IssueClient("thing-new"));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("the client reconnects with the renewed certificate", await LossAsync());
        Assert.Equal(3, Logger.Lines.Count);

        // No warning without a connection.
        time.Advance(TimeSpan.FromDays(40));
        Assert.Equal(3, Logger.Lines.Count);
    }

    [Fact]
    public async Task An_expiring_certificate_is_a_warning_at_connect()
    {
        DateTimeOffset end = DateTimeOffset.UtcNow.AddDays(20.5);
        CertificateFiles files = Broker.Certificates.IssueClient("thing", notAfter: end);
        await using MqttConnection connection = await ConnectedAsync(Watched(files));
        Assert.Equal(
            $"Warning: {files.Certificate}: the certificate expires in 20 days, on {end.UtcDateTime:yyyy-MM-dd HH:mm} UTC; replace the "
                + $"file, the next connection uses it",
            Assert.Single(Logger.Lines));
    }

    private MqttConnectionOptions Watched(CertificateFiles files) =>
        Options(files) with { CertificateUsed = facts => _used.Add(facts.Subject) };

    private static void Replace(CertificateFiles files, CertificateFiles renewed)
    {
        File.Copy(renewed.Certificate, files.Certificate, overwrite: true);
        File.Copy(renewed.Key, files.Key, overwrite: true);
    }
}
