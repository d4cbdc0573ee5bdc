using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Dialing;
using MQTTnet.Channel;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The byte stream under MQTT, over a server that was dialed before. MQTTnet's own channel can neither take a ready certificate
/// chain nor say why a handshake failed.
/// </summary>
internal sealed class TcpChannel : IMqttChannel
{
    /// <summary>Larger packets are written in parts, straight from the caller's memory.</summary>
    private const int MaxHeld = 20 * 1024;

    private readonly CancellationTokenSource _closing = new();
    private ServerStream? _server;
    private MqttConnectionOptions? _options;
    private bool _hasReceived;
    private byte[] _holding = [];
    private int _held;

    /// <summary>Why the server refused the thing after the TLS handshake, or null.</summary>
    public ConnectFailure? Failure { get; private set; }

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => _server?.Socket.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _server?.Socket.LocalEndPoint;

    public bool IsSecureConnection => _server?.Stream is SslStream;

    /// <summary>The port of the server that the server leads to; 0 when there is none.</summary>
    public int Port => _server?.Port ?? 0;

    /// <summary>Opens the channel, once.</summary>
    /// <param name="dialer">Makes the way to the server.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when the channel is open; otherwise why not.</returns>
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
            return new ConnectFailure(ConnectFailureKind.Unreachable, ConnectStage.Tcp, $"connecting to {dialer.Options.Server} was given up: the connection is closed from this side");
        }
    }

    /// <summary>Has the kernel notice a dead link as soon as the server's keep-alive allows.</summary>
    public void SetTcpUserTimeout(TimeSpan keepAlive)
    {
        if (_server is { } server)
        {
            TcpUserTimeout.Set(server.Socket, keepAlive);
        }
    }

    /// <summary>Nothing is left to do: the server stands before MQTTnet begins, which would tell no reason for a failure.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Reads what is there, at least a byte; 0 at the end.</summary>
    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        Stream? stream = _server?.Stream;
        return stream is null ? ValueTask.FromResult(0)
            : _hasReceived ? stream.ReadAsync(buffer, cancellationToken)
            : new ValueTask<int>(ReadFirstAsync(stream, buffer, cancellationToken));
    }

    /// <summary>
    /// Writes, whatever becomes of the token: a packet that is cut short would make everything after it unreadable. What
    /// stalls for good ends when the connection is closed. A packet comes in parts; they leave together, as one TCP segment.
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
        // Not disposed of: dialing may still be about to use its token, and without a timer it holds nothing.
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
            // A server that has refused the certificate closes at once, which may break the writing of CONNECT. Its alert has
            // arrived before, and says more.
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
            // With TLS 1.3 the server judges the certificate only after the handshake: its alert is what is read first.
            Failure ??= TlsFailures.Refused(e, _options!);
            throw;
        }
    }
}
