using System.Collections.Concurrent;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>A Mosquitto and connections to it.</summary>
[Trait("Category", "Integration")]
public abstract class BrokerTests : IAsyncLifetime, IMqttHandler
{
    private readonly TaskCompletionSource<string> _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MosquittoBroker? _broker;

    public virtual async Task InitializeAsync() => _broker = await MosquittoBroker.StartAsync();

    public virtual async Task DisposeAsync()
    {
        Directory.Dispose();
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        Received.Enqueue(topic);
        receipt.Acknowledge();
    }

    void IMqttHandler.OnDisconnected(string reason) => _disconnected.TrySetResult(reason);

    private protected TestDirectory Directory { get; } = new();

    private protected ListLogger Logger { get; } = new();

    private protected ConcurrentQueue<string> Received { get; } = new();

    private protected MosquittoBroker Broker => _broker!;

    /// <summary>Why the connection was lost.</summary>
    private protected Task<string> LossAsync() => Wait.ForAsync(_disconnected.Task, "the loss of the connection");

    private protected bool IsLost => _disconnected.Task.IsCompleted;

    private protected MqttConnectionOptions Options(CertificateFiles? files = null)
    {
        files ??= Broker.Certificates.IssueClient("thing");
        return new MqttConnectionOptions
        {
            Host = "localhost",
            Port = Broker.TlsPort,
            ClientId = "thing",
            CertificateFile = files.Certificate,
            KeyFile = files.Key,
            CaFile = Broker.Certificates.CaFile,
        };
    }

    /// <summary>Options for a server without TLS.</summary>
    private protected static MqttConnectionOptions Plain(int port) =>
        new() { Host = "localhost", Port = port, ClientId = "thing", UseTls = false };

    private protected MqttConnection Connection(MqttConnectionOptions options, TimeProvider? time = null) =>
        new(options, this, time ?? TimeProvider.System, Logger);

    private protected async Task<MqttConnection> ConnectedAsync(MqttConnectionOptions options, TimeProvider? time = null)
    {
        MqttConnection connection = Connection(options, time);
        Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure);
        Assert.True(connection.IsConnected);
        return connection;
    }

    private protected async Task<(ConnectFailureKind? Kind, string? Message)> FailureOf(
        MqttConnectionOptions options, TimeProvider? time = null)
    {
        await using MqttConnection connection = Connection(options, time);
        ConnectFailure? failure =
            (await Wait.ForAsync(connection.ConnectAsync(cleanStart: true, default), "the end of connecting")).Failure;
        Assert.Equal(failure is null, connection.IsConnected);
        return (failure?.Kind, failure?.Message);
    }
}
