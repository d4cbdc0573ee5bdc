using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Numerics;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Channel;

namespace EdgeJobs.Client;

/// <summary>
/// The byte stream under MQTT: TCP without Nagle's delay, and TLS with the thing's certificate. MQTTnet's own channel can
/// neither take a ready certificate chain nor say why a handshake failed.
/// </summary>
internal sealed class TcpChannel(MqttConnectionOptions options, TlsSettings? tls) : IMqttChannel
{
    /// <summary>Larger packets are written in parts, straight from the caller's memory.</summary>
    private const int MaxHeld = 20 * 1024;

    private Socket? _socket;
    private Stream? _stream;
    private ConnectStage _stage = ConnectStage.Resolve;
    private bool _hasHeard;
    private byte[] _holding = [];
    private int _held;

    /// <summary>Why connecting failed, or null.</summary>
    public ConnectFailure? Failure { get; private set; }

    /// <summary>What to say when the time for connecting is over.</summary>
    public ConnectFailure TimeOut()
    {
        string where = $"{options.Host}:{options.Port}";
        string seconds = $"within {options.ConnectTimeout.TotalSeconds:0.#} s";
        return _stage switch
        {
            ConnectStage.Resolve => new ConnectFailure(
                ConnectFailureKind.Unreachable,
                ConnectStage.Resolve,
                $"{where}: the host name does not resolve {seconds}; check the board's DNS and network"),
            ConnectStage.Tcp => new ConnectFailure(
                ConnectFailureKind.Unreachable,
                ConnectStage.Tcp,
                $"{where} does not answer {seconds}; check --endpoint, the network and the firewall (outgoing TCP {options.Port})"),
            ConnectStage.Tls => new ConnectFailure(
                ConnectFailureKind.Tls,
                ConnectStage.Tls,
                $"{where} takes the connection but does not answer the TLS handshake {seconds}; check the port (8883 speaks MQTT over TLS)"),
            _ => new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Connect, $"{where} does not answer CONNECT {seconds}; check that this port speaks MQTT"),
        };
    }

    public X509Certificate2? ClientCertificate => null;

    public EndPoint? RemoteEndPoint => _socket?.RemoteEndPoint;

    public EndPoint? LocalEndPoint => _socket?.LocalEndPoint;

    public bool IsSecureConnection => tls is not null;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        string where = $"{options.Host}:{options.Port}";
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket = socket;
        SniffingStream stream;
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(options.Host, cancellationToken).ConfigureAwait(false);
            options.Observer?.Passed(ConnectStage.Resolve, $"{options.Host} is {string.Join<IPAddress>(", ", addresses)}");
            _stage = ConnectStage.Tcp;
            await socket.ConnectAsync(addresses, options.Port, cancellationToken).ConfigureAwait(false);
            options.Observer?.Passed(ConnectStage.Tcp, $"{socket.RemoteEndPoint} takes the connection");
            _stream = stream = new SniffingStream(socket);
        }
        catch (SocketException e)
        {
            Failure = new ConnectFailure(ConnectFailureKind.Unreachable, _stage, Explain(e, where));
            throw;
        }

        if (tls is not null)
        {
            _stage = ConnectStage.Tls;
            _stream = await HandshakeAsync(stream, tls, cancellationToken).ConfigureAwait(false);
        }

        _stage = ConnectStage.Connect;
    }

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Stream? stream = _stream;
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
        _stream?.Dispose();
        _socket?.Dispose();
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
        Stream stream = _stream ?? throw new IOException("not connected");
        try
        {
            await stream.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException) when (!_hasHeard && tls is not null)
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
            Failure ??= TlsFault.Refused(e, options);
            throw;
        }
    }

    private async Task<Stream> HandshakeAsync(SniffingStream stream, TlsSettings settings, CancellationToken cancellationToken)
    {
        ServerTrust trust = new(settings.Roots, options.Host, settings.Now);
        SslStream ssl = new(stream, leaveInnerStreamOpen: false);
        try
        {
            await ssl.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.Host,
                    ClientCertificateContext = settings.ClientCertificate,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    CertificateChainPolicy = trust.ChainPolicy(),
                    RemoteCertificateValidationCallback = trust.Validate,
                },
                cancellationToken).ConfigureAwait(false);
            options.Observer?.Passed(ConnectStage.Tls, Describe(ssl));
            return ssl;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failure = TlsFault.OfHandshake(e, trust.Refusal, stream.First, options);
            await ssl.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Describe(SslStream ssl)
    {
        string version = ssl.SslProtocol == SslProtocols.Tls13 ? "TLS 1.3" : "TLS 1.2";
        return ssl.RemoteCertificate is X509Certificate2 server
            ? $"{version}, the server is '{server.Subject}', certified by '{server.Issuer}' until {server.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC"
            : version;
    }

    private static string Explain(SocketException e, string where) => e.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"{where}: the host name does not resolve; check --endpoint and the board's DNS",
        SocketError.ConnectionRefused => $"{where} refuses connections: nothing listens on this port; check the port in --endpoint (8883 for MQTT over TLS)",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown =>
            $"{where}: there is no route to the host; check the board's network",
        _ => $"{where}: can't connect ({e.Message}); check --endpoint and the network",
    };
}
