using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>One attempt to reach the server over one port: name, TCP, proxy, TLS.</summary>
/// <param name="options">The options, with the port.</param>
/// <param name="tls">The settings of the TLS handshake; null for no TLS.</param>
/// <param name="isLast">Whether this is the last port, which has the whole time-out.</param>
/// <param name="time">The clock of the time-outs.</param>
internal sealed class PortAttempt(MqttConnectionOptions options, TlsSettings? tls, bool isLast, TimeProvider time) : IDisposable
{
    private readonly HttpProxy? _proxy =
        options.Proxy is { } proxy && !NoProxyList.Contains(options.NoProxy, options.Host, options.Port ?? 0) ? proxy : null;
    private readonly DialFailures _text = new(options);
    private ConnectStage _stage = ConnectStage.Resolve;
    private AddressRace? _race;
    private IPAddress[] _addresses = [];
    private SniffingStream? _stream;
    private TimeSpan _timeout;
    private bool _isOpen;

    /// <summary>Runs the attempt.</summary>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="CredentialException">The password of the proxy can't be read.</exception>
    public async Task<DialResult> RunAsync(CancellationToken cancellationToken)
    {
        _timeout = options.ConnectTimeout;
        using CancellationTokenSource timeout = new(_timeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await RunAsync(timeout, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
            when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested && e is not OutOfMemoryException)
        {
            return DialResult.Failed(TimeOut(), _stage != ConnectStage.Resolve && _stream?.First.IsEmpty != false);
        }
        catch (Exception e)
            when (cancellationToken.IsCancellationRequested && e is not OperationCanceledException and not OutOfMemoryException)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    /// <summary>Closes the stream unless the result holds it.</summary>
    public void Dispose()
    {
        if (!_isOpen)
        {
            _stream?.Dispose();
        }
    }

    private async Task<DialResult> RunAsync(CancellationTokenSource timeout, CancellationToken cancellationToken)
    {
        string host = _proxy?.Host ?? options.Host;
        int port = _proxy?.Port ?? options.Port!.Value;
        try
        {
            _addresses = await ResolveAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return DialResult.Failed(_text.NotResolved(_proxy));
        }

        Begin(ConnectStage.Tcp, timeout);
        _race = new AddressRace(_addresses, port, time);
        if (await _race.RunAsync(cancellationToken).ConfigureAwait(false) is not { } socket)
        {
            return DialResult.Failed(_text.NotReached(_proxy, _addresses, _race, waited: null), isBlocked: _proxy is null);
        }

        _stream = new SniffingStream(socket);
        TcpUserTimeout.Set(socket, options.KeepAlive);
        Observe(ConnectStage.Tcp, $"{socket.RemoteEndPoint} accepts the connection");
        if (_proxy is not null)
        {
            Begin(ConnectStage.Proxy, timeout);
            ProxyTunnel tunnel = new(_proxy, options);
            if (await tunnel.OpenAsync(socket, cancellationToken).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }

            Observe(ConnectStage.Proxy, $"the proxy {_proxy} has connected to {options.Host}:{options.Port}");
        }

        if (tls is null)
        {
            _isOpen = true;
            return DialResult.Of(new ServerStream(socket, _stream, options.Port!.Value));
        }

        Begin(ConnectStage.Tls, timeout);

        // A port that responds in TLS is not blocked by a firewall: it gets the whole time-out, as slow links need it.
        _stream.FirstBytesReceived = () => timeout.CancelAfter(_timeout = options.ConnectTimeout);
        TlsHandshake handshake = new(options, tls);
        DialResult result = await handshake.RunAsync(socket, _stream, cancellationToken).ConfigureAwait(false);
        _isOpen = result.Server is not null;
        return result;
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            Observe(ConnectStage.Resolve, $"{host} is an IP address; no lookup needed");
            return [literal];
        }

        IPAddress[] addresses = await (options.Resolver ?? Dns.GetHostAddressesAsync)(host, cancellationToken).ConfigureAwait(false);
        Observe(ConnectStage.Resolve, $"{host} resolves to {string.Join<IPAddress>(", ", addresses)}");
        return AddressOrder.Interleave(addresses);
    }

    /// <summary>Enters a stage. If another port is left, a stage that a firewall can stall has half of the time-out.</summary>
    private void Begin(ConnectStage stage, CancellationTokenSource timeout)
    {
        _stage = stage;
        if (!isLast)
        {
            timeout.CancelAfter(_timeout = options.ConnectTimeout / 2);
        }
    }

    private ConnectFailure TimeOut() => _stage == ConnectStage.Tcp
        ? _text.NotReached(_proxy, _addresses, _race!, _timeout)
        : _text.TimeOut(_stage, _proxy, _timeout);

    private void Observe(ConnectStage stage, string detail) => options.Observer?.Passed(stage, detail);
}
