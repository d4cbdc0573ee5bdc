using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// One listening port of the broker. It replaces the library's adapter, which does not report its port number and does not name the
/// accepted certificate authority to clients.
/// </summary>
internal sealed partial class SocketAdapter : IMqttServerAdapter
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly PolicyEnforcer _gate;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _accepting = Task.CompletedTask;

    /// <summary>Binds the port; clients are served after <see cref="StartAsync"/>.</summary>
    public SocketAdapter(IPEndPoint endPoint, SslServerAuthenticationOptions? tls, PolicyEnforcer gate, ILogger logger)
    {
        _tls = tls;
        _gate = gate;
        _logger = logger;
        _listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(endPoint);
            _listener.Listen();
        }
        catch (SocketException e)
        {
            _listener.Dispose();
            throw new BrokerException($"can't listen on {endPoint}: {e.Message}; choose another port (0 for any free port)", e);
        }

        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        _accepting = Task.Run(() => AcceptAsync(logger));
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(IMqttNetLogger logger)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(client, logger));
            }
            catch (Exception e) when (
                _stopping.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file descriptors, or the client disconnected before it was accepted.
                LogAcceptFailed(EndPoint, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(100), CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ServeAsync(Socket client, IMqttNetLogger logger)
    {
        IPEndPoint? remote = null;
        try
        {
            remote = client.RemoteEndPoint as IPEndPoint;
            client.NoDelay = true;
            Stream stream = new NetworkStream(client, ownsSocket: true);
            await using (stream.ConfigureAwait(false))
            {
                X509Certificate2? certificate = null;
                if (_tls is not null)
                {
                    SslStream secured = new(stream, leaveInnerStreamOpen: false);
                    stream = secured;
                    using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                    time.CancelAfter(HandshakeTimeout);
                    await secured.AuthenticateAsServerAsync(_tls, time.Token).ConfigureAwait(false);
                    certificate = secured.RemoteCertificate as X509Certificate2;
                }

                using MqttTcpChannel channel = new(stream, client.LocalEndPoint, remote, certificate);
                MqttChannelAdapter packets = new(channel, new MqttPacketFormatterAdapter(new MqttBufferWriter(4096, 65535)), logger);
                using ClientConnection connection = new(packets, _gate, isTls: _tls is not null);
                _gate.SetCurrent(connection);
                if (ClientHandler is { } handler)
                {
                    await handler(connection).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (
            e is AuthenticationException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            if (!_stopping.IsCancellationRequested)
            {
                LogConnectionFailed(remote, e.Message);
            }
        }
        finally
        {
            client.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not accept a connection on {EndPoint}: {Reason}")]
    private partial void LogAcceptFailed(IPEndPoint endPoint, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The connection from {Client} failed: {Reason}")]
    private partial void LogConnectionFailed(IPEndPoint? client, string reason);
}
