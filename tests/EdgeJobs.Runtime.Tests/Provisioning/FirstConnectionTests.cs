using EdgeJobs.Client;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Provisioning;

/// <summary>The first connection of a run, to a Mosquitto that is not always running.</summary>
[Trait("Category", "Integration")]
public sealed class FirstConnectionTests : IAsyncLifetime
{
    /// <summary>The clock of the board, which is ten minutes slow.</summary>
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow.AddMinutes(-10));
    private readonly LineLogger _logger = new();
    private readonly TestDirectory _directory = new();
    private MosquittoBroker? _broker;

    public async Task InitializeAsync() => _broker = await MosquittoBroker.StartAsync();

    public async Task DisposeAsync()
    {
        await _broker!.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Failure_ends_the_first_connection_by_default()
    {
        await _broker!.KillAsync();
        Assert.Equal(ConnectFailureKind.Unreachable, (await RunAsync(Settings(wait: false))).Failure!.Kind);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public async Task With_wait_for_server_it_retries_until_the_server_accepts()
    {
        await _broker!.KillAsync();
        Task<ConnectResult> connecting = RunAsync(Settings(wait: true));
        await TriesAsync(3, connecting);
        Assert.All(_logger.Lines, line => Assert.Contains("refuses connections", line, StringComparison.Ordinal));
        await _broker.StartAsync();
        await PassAsync(connecting);
        Assert.True((await connecting).IsConnected);
    }

    [Fact]
    public async Task Invalid_file_ends_it_even_with_wait_for_server()
    {
        AgentSettings settings = Settings(wait: true);
        settings = settings with { Connection = settings.Connection with { CertificateFile = _directory["none.pem"] } };
        Assert.Equal(ConnectFailureKind.Credentials, (await RunAsync(settings)).Failure!.Kind);
        Assert.Empty(_logger.Lines);
    }

    [Fact]
    public async Task Certificate_that_is_not_valid_yet_waits_for_the_clock()
    {
        Task<ConnectResult> connecting = RunAsync(Settings(wait: true, notBefore: DateTimeOffset.UtcNow.AddMinutes(-1)));
        await TriesAsync(2, connecting);
        Assert.All(_logger.Lines, line => Assert.Contains("the certificate is valid only from", line, StringComparison.Ordinal));
        await PassAsync(connecting);
        Assert.True((await connecting).IsConnected);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        await _broker!.KillAsync();
        using CancellationTokenSource giveUp = new();
        Task<ConnectResult> connecting = RunAsync(Settings(wait: true), giveUp.Token);
        await TriesAsync(1, connecting);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
    }

    private async Task<ConnectResult> RunAsync(AgentSettings settings, CancellationToken cancellationToken = default)
    {
        ReconnectBackoff backoff = new(new Random(1));
        await using JobsClient client = new(new JobsClientOptions
        {
            ThingName = "thing",
            Connection = settings.Connection,
            Backoff = backoff,
            Time = _time,
            Random = new Random(2),
            Logger = _logger,
        });
        return await new FirstConnection(client, settings, backoff, _time, _logger).ConnectAsync(cancellationToken);
    }

    /// <summary>Advances the clock until this number of attempts has failed.</summary>
    private async Task TriesAsync(int attempts, Task connecting)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (_logger.Lines.Count < attempts)
        {
            Assert.False(connecting.IsCompleted || deadline.IsCancellationRequested, string.Join('\n', _logger.Lines));
            await Task.Yield();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    private async Task PassAsync(Task connecting)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (!connecting.IsCompleted)
        {
            Assert.False(deadline.IsCancellationRequested, string.Join('\n', _logger.Lines));
            await Task.Yield();
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    private AgentSettings Settings(bool wait, DateTimeOffset? notBefore = null)
    {
        CertificateFiles files = _broker!.Certificates.IssueClient("thing", notBefore: notBefore);
        return new AgentSettings
        {
            ThingName = "thing",
            WaitForServer = wait,
            Connection = new MqttConnectionOptions
            {
                Host = "localhost",
                Port = _broker.TlsPort,
                ClientId = "thing",
                CertificateFile = files.Certificate,
                KeyFile = files.Key,
                CaFile = _broker.Certificates.CaFile,

                // The test's clock runs far ahead of real time.
                ConnectTimeout = TimeSpan.FromDays(20),
                KeepAlive = TimeSpan.Zero,
            },
        };
    }
}
