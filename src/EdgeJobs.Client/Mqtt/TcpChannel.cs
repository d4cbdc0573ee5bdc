using System.Buffers;
using System.Net.Security;
using System.Numerics;
using EdgeJobs.Client.Dialing;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The byte stream under MQTT, over a dialed stream. MQTTnet's own channel neither accepts a prepared certificate chain nor reports why a
/// handshake failed.
/// </summary>
/// <param name="codec">Encodes the sent packets.</param>
internal sealed class TcpChannel(MqttPacketFormatterAdapter codec) : IDisposable
{
    /// <summary>Larger packets are not copied, but written in parts from the caller's memory.</summary>
    private const int MaxJoined = 20 * 1024;

    // Neither is disposed: dialing and senders may still use them, and they hold no resources.
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ServerStream? _server;
    private MqttConnectionOptions? _options;
    private bool _hasReceived;
    private byte[] _joined = [];

    /// <summary>Why the server refused the client certificate after the TLS handshake; null if it did not.</summary>
    public ConnectFailure? Failure { get; private set; }

    /// <summary>The server's port; 0 if not connected.</summary>
    public int Port => _server?.Port ?? 0;

    /// <summary>Opens the channel, once.</summary>
    /// <param name="dialer">Opens the stream.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>Null after success; otherwise the failure.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="CredentialException">The password of the proxy can't be read.</exception>
    public async Task<ConnectFailure?> DialAsync(Dialer dialer, CancellationToken cancellationToken)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, cancellationToken);
        try
        {
            DialResult dialed = await dialer.DialAsync(either.Token).ConfigureAwait(false);
            _options = dialer.Options with { Port = dialed.Server?.Port };
            _server = dialed.Server;
            if (_closing.IsCancellationRequested)
            {
                _server?.Dispose();
            }

            return dialed.Failure;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ConnectFailure(ConnectFailureKind.Unreachable, ConnectStage.Tcp, $"connecting to {dialer.Options.Server} was "
                + $"cancelled: the client closed the connection");
        }
    }

    public void SetTcpUserTimeout(TimeSpan keepAlive)
    {
        if (_server is { } server)
        {
            TcpUserTimeout.Set(server.Socket, keepAlive);
        }
    }

    /// <summary>Reads the available bytes, at least one; 0 at the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Stream? stream = _server?.Stream;
        return stream is null ? ValueTask.FromResult(0)
            : _hasReceived ? stream.ReadAsync(buffer, cancellationToken)
            : new ValueTask<int>(ReadFirstAsync(stream, buffer, cancellationToken));
    }

    /// <summary>
    /// Sends a packet, up to 20 KB as one TCP segment or TLS record. It can't be cancelled: after a partial packet the server could not
    /// read the rest of the stream. Closing the channel ends a stalled write.
    /// </summary>
    public async Task SendAsync(MqttPacket packet)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            MqttPacketBuffer bytes = codec.Encode(packet);
            if (bytes.Payload.IsEmpty)
            {
                await WriteAsync(bytes.Packet).ConfigureAwait(false);
            }
            else if (bytes.Length <= MaxJoined)
            {
                await WriteAsync(Join(bytes)).ConfigureAwait(false);
            }
            else
            {
                await WriteAsync(bytes.Packet).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> segment in bytes.Payload)
                {
                    await WriteAsync(segment).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            codec.Cleanup();
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _closing.Cancel();
        _server?.Dispose();
    }

    private ReadOnlyMemory<byte> Join(MqttPacketBuffer bytes)
    {
        if (_joined.Length < bytes.Length)
        {
            _joined = new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(bytes.Length, 512))];
        }

        bytes.Packet.AsSpan().CopyTo(_joined);
        bytes.Payload.CopyTo(_joined.AsSpan(bytes.Packet.Count));
        return _joined.AsMemory(0, bytes.Length);
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        Stream stream = _server?.Stream ?? throw new IOException("not connected");
        return _hasReceived || stream is not SslStream ? stream.WriteAsync(bytes) : WriteFirstAsync(stream, bytes);
    }

    private async ValueTask WriteFirstAsync(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // A server that refuses the certificate closes immediately, so writing CONNECT can fail. Its alert arrived earlier and states
            // the reason.
            using CancellationTokenSource soon = new(TimeSpan.FromSeconds(1));
            await ReadFirstAsync(stream, new byte[1], soon.Token).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<int> ReadFirstAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            int read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            _hasReceived = read > 0;
            return read;
        }
        catch (IOException e) when (TlsFailures.IsAlert(e))
        {
            // In TLS 1.3 the server checks the certificate after the handshake: the first read returns its alert.
            Failure ??= TlsFailures.Refused(e, _options!);
            throw;
        }
    }
}
