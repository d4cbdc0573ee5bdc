using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
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
    private Socket? _socket;
    private Stream? _stream;

    private Stage _stage;

    /// <summary>How far connecting has come.</summary>
    private enum Stage
    {
        Tcp,
        Tls,
        Mqtt,
    }

    /// <summary>Why connecting failed, or null.</summary>
    public ConnectFailure? Failure { get; private set; }

    /// <summary>What to say when the time for connecting is over.</summary>
    public ConnectFailure TimeOut()
    {
        string where = $"{options.Host}:{options.Port}";
        string seconds = $"within {options.ConnectTimeout.TotalSeconds:0.#} s";
        return _stage switch
        {
            Stage.Tcp => new ConnectFailure(
                ConnectFailureKind.Unreachable,
                $"{where} does not answer {seconds}; check --endpoint, the network and the firewall (outgoing TCP {options.Port})"),
            Stage.Tls => new ConnectFailure(
                ConnectFailureKind.Tls,
                $"{where} takes the connection but does not answer the TLS handshake {seconds}; check the port (8883 speaks MQTT over TLS)"),
            _ => new ConnectFailure(ConnectFailureKind.Protocol, $"{where} does not answer CONNECT {seconds}; check that this port speaks MQTT"),
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
        try
        {
            await socket.ConnectAsync(options.Host, options.Port, cancellationToken).ConfigureAwait(false);
            _stream = new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            Failure = new ConnectFailure(ConnectFailureKind.Unreachable, Explain(e, where));
            throw;
        }

        if (tls is not null)
        {
            _stage = Stage.Tls;
            _stream = await HandshakeAsync(_stream, tls, where, cancellationToken).ConfigureAwait(false);
        }

        _stage = Stage.Mqtt;
    }

    public Task DisconnectAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        try
        {
            return _stream is null ? 0 : await _stream.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (e.InnerException is not null and not SocketException)
        {
            // With TLS 1.3 the server judges the certificate only after the handshake: its alert is what is read first.
            Failure ??= new ConnectFailure(
                ConnectFailureKind.Refused,
                $"{options.Host}:{options.Port} refuses the thing's certificate ({Innermost(e)}); check that the certificate is registered and active there");
            throw;
        }
    }

    public async Task WriteAsync(ReadOnlySequence<byte> buffer, bool isEndOfPacket, CancellationToken cancellationToken)
    {
        Stream stream = _stream ?? throw new IOException("not connected");
        foreach (ReadOnlyMemory<byte> segment in buffer)
        {
            await stream.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _socket?.Dispose();
    }

    private async Task<Stream> HandshakeAsync(Stream stream, TlsSettings settings, string where, CancellationToken cancellationToken)
    {
        ServerTrust trust = new(settings.Roots, options.Host);
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
            return ssl;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await ssl.DisposeAsync().ConfigureAwait(false);
            Failure = new ConnectFailure(ConnectFailureKind.Tls, e switch
            {
                _ when trust.Refusal is { } refusal => $"{where}: {refusal}",
                AuthenticationException => $"{where}: the TLS handshake failed ({Innermost(e)}); check that this port speaks MQTT over TLS (8883), and that the certificate is active there",
                _ => $"{where} closes the connection in the TLS handshake; check that this port speaks MQTT over TLS (8883), and that the certificate is active there",
            });
            throw;
        }
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

    private static string Innermost(Exception e)
    {
        while (e.InnerException is not null)
        {
            e = e.InnerException;
        }

        return e.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
    }
}
