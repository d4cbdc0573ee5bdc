using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeJobs.Client.Failures;

namespace EdgeJobs.Client.Dialing;

/// <summary>The failures of reaching a server or its proxy. Each message is one line.</summary>
internal sealed class DialFailures(MqttConnectionOptions options)
{
    private string Server => $"{options.Host}:{options.Port}";

    /// <summary>The name of the server or the proxy does not resolve.</summary>
    public ConnectFailure NotResolved(HttpProxy? proxy) => new(
        ConnectFailureKind.Unreachable,
        ConnectStage.Resolve,
        proxy is null
            ? $"{Server}: the host name does not resolve; check {options.AddressSource} and the board's DNS"
            : $"the proxy {proxy}: its host name does not resolve; check --proxy, https_proxy and the board's DNS");

    /// <summary>No address accepted the connection.</summary>
    /// <param name="proxy">The proxy that can't be reached; null if it is the server.</param>
    /// <param name="addresses">The addresses that were tried.</param>
    /// <param name="race">The error of each address.</param>
    /// <param name="waited">The time-out of addresses without a response; null if all responded.</param>
    public ConnectFailure NotReached(HttpProxy? proxy, IPAddress[] addresses, AddressRace race, TimeSpan? waited)
    {
        string where = proxy is null ? Server : $"the proxy {proxy}";
        string flag = proxy is null ? options.AddressSource : "--proxy and https_proxy";
        SocketError? common = addresses.Length == 0 ? SocketError.NoData : race.FaultOf(0);
        for (int i = 1; i < addresses.Length; i++)
        {
            if (race.FaultOf(i) != common)
            {
                return Unreachable($"{where} can't be reached: {Each(addresses, race, waited)}; check {flag}, the network and the firewall "
                    + $"(outgoing TCP {proxy?.Port ?? options.Port})");
            }
        }

        string all = addresses.Length < 2 ? where : $"{where} ({string.Join<IPAddress>(", ", addresses)})";
        return Unreachable(common switch
        {
            SocketError.ConnectionRefused when proxy is null =>
                $"{all} refuses connections: nothing listens on this port; check the port in {flag} ({options.Protocol.Port} for "
                    + $"{options.Protocol.Name})",
            SocketError.ConnectionRefused => $"{all} refuses connections: nothing listens on this port; check the port in {flag}",
            SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown =>
                $"{all}: there is no route to the host; check the board's network",
            null =>
                $"{all} does not answer{Within(waited)}; check {flag}, the network and the firewall (outgoing TCP "
                    + $"{proxy?.Port ?? options.Port})",
            _ => $"{all}: can't connect ({Word(common, waited)}); check {flag} and the network",
        });
    }

    /// <summary>A stage timed out.</summary>
    public ConnectFailure TimeOut(ConnectStage stage, HttpProxy? proxy, TimeSpan waited) => stage switch
    {
        ConnectStage.Resolve => new ConnectFailure(
            ConnectFailureKind.Unreachable,
            stage,
            $"{(proxy is null ? Server : $"the proxy {proxy}")}: the host name does not resolve{Within(waited)}; check the board's DNS and "
                + $"network"),
        ConnectStage.Proxy => new ConnectFailure(
            ConnectFailureKind.Unreachable,
            stage,
            $"the proxy {proxy} accepts the connection but does not answer CONNECT to {Server}{Within(waited)}; check that it is an HTTP "
                + $"proxy and can connect there"),
        _ => new ConnectFailure(
            ConnectFailureKind.Tls,
            ConnectStage.Tls,
            $"{Server} accepts the connection but does not answer the TLS handshake{Within(waited)}; check the port "
                + $"({options.Protocol.Port} speaks {options.Protocol.Name})"),
    };

    private static ConnectFailure Unreachable(string message) => new(ConnectFailureKind.Unreachable, ConnectStage.Tcp, message);

    /// <summary>"refused by 192.0.2.1 and 192.0.2.2, no route to 2001:db8::1".</summary>
    private static string Each(IPAddress[] addresses, AddressRace race, TimeSpan? waited)
    {
        StringBuilder text = new();
        for (int i = 0; i < addresses.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(addresses[i]).Append(' ').Append(Word(race.FaultOf(i), waited));
        }

        return text.ToString();
    }

    private static string Word(SocketError? fault, TimeSpan? waited) => fault switch
    {
        null => "does not answer" + Within(waited),
        SocketError.ConnectionRefused => "refuses connections",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown => "has no route",
        SocketError.TimedOut => "does not answer",
        SocketError.ConnectionReset => "resets the connection",
        { } other => FailureText.OneLine(new SocketException((int)other).Message),
    };

    private static string Within(TimeSpan? waited) => waited is { } time ? $" within {time.TotalSeconds:0.#} s" : "";
}
