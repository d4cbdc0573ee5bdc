using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>One attempt to reach the server over one port: name, TCP, proxy, TLS.</summary>
/// <param name="options">Where and how to connect, with the port.</param>
/// <param name="tls">What the TLS handshake needs; null for none.</param>
/// <param name="isLast">Whether no other port can stand in: then all of the time is given to this one.</param>
/// <param name="time">The clock of the time-outs.</param>
internal sealed class PortAttempt(MqttConnectionOptions options, TlsSettings? tls, bool isLast, TimeProvider time) : IDisposable
{
    private readonly HttpProxy? _proxy = options.Proxy is { } proxy && !NoProxyList.Contains(options.NoProxy, options.Host, options.Port ?? 0) ? proxy : null;
    private readonly DialFailures _text = new(options);
    private ConnectStage _stage = ConnectStage.Resolve;
    private AddressRace? _race;
    private IPAddress[] _addresses = [];
    private SniffingStream? _stream;
    private TimeSpan _timeout;
    private bool _isOpen;

    /// <summary>Tries.</summary>
    /// <param name="cancellationToken">Gives up.</param>
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
        catch (Exception e) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested && e is not OutOfMemoryException)
        {
            return DialResult.Failed(TimeOut(), _stage != ConnectStage.Resolve && _stream?.First.IsEmpty != false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is not OperationCanceledException and not OutOfMemoryException)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
    }

    /// <summary>Closes what was opened, unless it was handed out.</summary>
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
        Observe(ConnectStage.Tcp, $"{socket.RemoteEndPoint} takes the connection");
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

        // What speaks TLS is no firewall: it has all the time that a slow link takes.
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
            Observe(ConnectStage.Resolve, $"{host} is an address: there is nothing to look up");
            return [literal];
        }

        IPAddress[] addresses = await (options.Resolver ?? Dns.GetHostAddressesAsync)(host, cancellationToken).ConfigureAwait(false);
        Observe(ConnectStage.Resolve, $"{host} is {string.Join<IPAddress>(", ", addresses)}");
        return AddressOrder.Interleave(addresses);
    }

    /// <summary>Enters a stage. Where another port can stand in for this one, a stage that a firewall may stall has half of the time.</summary>
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
