using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Dialing;
using MQTTnet.Channel;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The byte stream under MQTT, over a dialed stream. MQTTnet's own channel neither accepts a prepared certificate chain nor reports why a
/// handshake failed.
/// </summary>
internal sealed class TcpChannel : IMqttChannel
{
    /// <summary>Larger packets are not copied, but written in parts from the caller's memory.</summary>
    private const int MaxHeld = 20 * 1024;

    private readonly CancellationTokenSource _closing = new();
    private ServerStream? _server;
    private MqttConnectionOptions? _options;
    private bool _hasReceived;
    private byte[] _holding = [];
    private int _held;

    /// <summary>Why the server refused the client certificate after the TLS handshake; null if it did not.</summary>
    public ConnectFailure? Failure { get; private set; }

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => _server?.Socket.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _server?.Socket.LocalEndPoint;

    public bool IsSecureConnection => _server?.Stream is SslStream;

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

    /// <summary>Nothing to do: the channel is dialed before MQTTnet starts, because MQTTnet would not report why dialing failed.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads the available bytes, at least one; 0 at the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Stream? stream = _server?.Stream;
        return stream is null ? ValueTask.FromResult(0)
            : _hasReceived ? stream.ReadAsync(buffer, cancellationToken)
            : new ValueTask<int>(ReadFirstAsync(stream, buffer, cancellationToken));
    }

    /// <summary>
    /// Writes and ignores the token: after a partial packet the server could not read the rest of the stream. Closing the connection ends a
    /// stalled write. MQTTnet passes a packet in parts; they are sent together, as one TCP segment.
    /// </summary>
    public Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        if (_held + buffer.Length > MaxHeld)
        {
            return WriteLargeAsync(buffer);
        }

        int length = _held + (int)buffer.Length;
        if (_holding.Length < length)
        {
            Array.Resize(ref _holding, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, 512)));
        }

        buffer.CopyTo(_holding.AsSpan(_held));
        _held = length;
        return isEndOfPacket ? FlushAsync() : Task.CompletedTask;
    }

    public void Dispose()
    {
        // Not disposed: dialing may still use its token, and without a timer it holds no resources.
        _closing.Cancel();
        _server?.Dispose();
    }

    private async Task WriteLargeAsync(ReadOnlySequence<byte> buffer)
    {
        await FlushAsync().ConfigureAwait(false);
        foreach (ReadOnlyMemory<byte> segment in buffer)
        {
            await SendAsync(segment).ConfigureAwait(false);
        }
    }

    private Task FlushAsync()
    {
        int length = _held;
        _held = 0;
        return length == 0 ? Task.CompletedTask : SendAsync(_holding.AsMemory(0, length));
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        Stream stream = _server?.Stream ?? throw new IOException("not connected");
        try
        {
            await stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException) when (!_hasReceived && IsSecureConnection)
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
