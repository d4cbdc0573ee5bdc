using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace EdgeJobs.Client;

/// <summary>
/// The byte stream under MQTT, over a line that was dialed before. MQTTnet's own channel can neither take a ready certificate
/// chain nor say why a handshake failed.
/// </summary>
internal sealed class TcpChannel : IMqttChannel
{
    /// <summary>Larger packets are written in parts, straight from the caller's memory.</summary>
    private const int MaxHeld = 20 * 1024;

    private Line? _line;
    private MqttConnectionOptions? _options;
    private bool _isDisposed;
    private bool _hasHeard;
    private byte[] _holding = [];
    private int _held;

    /// <summary>Why the server refused the thing after the TLS handshake, or null.</summary>
    public ConnectFailure? Failure { get; private set; }

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => _line?.Socket.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _line?.Socket.LocalEndPoint;

    public bool IsSecureConnection => _line?.Stream is SslStream;

    /// <summary>Takes the line that was dialed. A channel that is disposed of already closes it.</summary>
    /// <param name="line">The line.</param>
    /// <param name="options">Where it leads to, for the text of a refusal.</param>
    public void Open(Line line, MqttConnectionOptions options)
    {
        _line = line;
        _options = options;
        if (_isDisposed)
        {
            line.Dispose();
        }
    }

    /// <summary>Has the kernel notice a dead link as soon as the server's keep-alive allows.</summary>
    public void NoticeDeadLink(TimeSpan keepAlive)
    {
        if (_line is { } line)
        {
            DeadLink.Notice(line.Socket, keepAlive);
        }
    }

    /// <summary>Nothing is left to do: the line stands before MQTTnet begins, which would tell no reason for a failure.</summary>
    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Stream? stream = _line?.Stream;
        return stream is null ? Task.FromResult(0)
            : _hasHeard ? stream.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask()
            : ReadFirstAsync(stream, buffer.AsMemory(offset, count), cancellationToken);
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
        _isDisposed = true;
        _line?.Dispose();
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
        Stream stream = _line?.Stream ?? throw new IOException("not connected");
        try
        {
            await stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException) when (!_hasHeard && IsSecureConnection)
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
            _hasHeard = read > 0;
            return read;
        }
        catch (IOException e) when (TlsFault.IsAlert(e))
        {
            // With TLS 1.3 the server judges the certificate only after the handshake: its alert is what is read first.
            Failure ??= TlsFault.Refused(e, _options!);
            throw;
        }
    }
}
