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

    private const int NoThread = 0;

    // Neither is disposed: dialing and senders may still use them, and they hold no resources.
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ServerStream? _server;
    private MqttConnectionOptions? _options;
    private bool _hasReceived;

    // Packets that leave together. Written in turn only.
    private byte[] _joined = [];
    private int _joinedLength;

    // The thread that collects.
    private volatile int _holder = NoThread;

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
    /// From now on, what this thread publishes and acknowledges is collected, up to 20 KB, and leaves with the next packet of another
    /// thread or with <see cref="FlushAsync"/>: in one TCP segment and TLS record. The receiver calls both around each packet.
    /// </summary>
    public void Hold() => _holder = Environment.CurrentManagedThreadId;

    /// <summary>Collects nothing any more. What was collected leaves with the next packet.</summary>
    public void Release() => Interlocked.Exchange(ref _holder, NoThread);

    /// <summary>Sends what was collected, and collects nothing any more.</summary>
    public Task FlushAsync()
    {
        Release();
        return Volatile.Read(ref _joinedLength) == 0 ? Task.CompletedTask : FlushInTurnAsync();
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
            if (_joinedLength + bytes.Length > MaxJoined)
            {
                await WriteJoinedAsync().ConfigureAwait(false);
            }

            bool isHeld = packet is MqttPublishPacket or MqttPubAckPacket && _holder == Environment.CurrentManagedThreadId;
            if (bytes.Length <= MaxJoined && (isHeld || _joinedLength > 0 || !bytes.Payload.IsEmpty))
            {
                Join(bytes);

                // FlushAsync first ends the holding and then looks at the length, this the other way round: one of them writes.
                Interlocked.MemoryBarrier();
                if (!isHeld || _holder != Environment.CurrentManagedThreadId)
                {
                    await WriteJoinedAsync().ConfigureAwait(false);
                }
            }
            else
            {
                await WriteAsync(bytes.Packet).ConfigureAwait(false);
                foreach (ReadOnlyMemory<byte> segment in bytes.Payload)
                {
                    if (!segment.IsEmpty)
                    {
                        await WriteAsync(segment).ConfigureAwait(false);
                    }
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

    private void Join(MqttPacketBuffer bytes)
    {
        int length = _joinedLength + bytes.Length;
        if (_joined.Length < length)
        {
            Array.Resize(ref _joined, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 512)));
        }

        bytes.Packet.AsSpan().CopyTo(_joined.AsSpan(_joinedLength));
        bytes.Payload.CopyTo(_joined.AsSpan(_joinedLength + bytes.Packet.Count));
        _joinedLength = length;
    }

    private ValueTask WriteJoinedAsync()
    {
        int length = _joinedLength;
        _joinedLength = 0;
        return length == 0 ? ValueTask.CompletedTask : WriteAsync(_joined.AsMemory(0, length));
    }

    private async Task FlushInTurnAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await WriteJoinedAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
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
