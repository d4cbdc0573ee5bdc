using System.Net;
using System.Net.Sockets;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>A server with several addresses, and the socket options of the connection.</summary>
public sealed class AddressesTests : BrokerTests
{
    [Fact]
    public async Task An_unreachable_address_is_skipped() =>
        Assert.Equal(
            (null, null),
            await FailureOf(Options() with { Resolver = Resolve(IPAddress.Broadcast, IPAddress.IPv6Loopback, IPAddress.Loopback) }));

    [Fact]
    public async Task If_none_responds_each_is_reported_with_its_error()
    {
        int port = TestPorts.Free();
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"localhost:{port} can't be reached: 127.0.0.1 refuses connections, ::1 refuses connections, "
                + $"255.255.255.255 has no route; check --endpoint, the network and the firewall (outgoing TCP {port})"),
            await FailureOf(
                Options() with { Port = port, Resolver = Resolve(IPAddress.Loopback, IPAddress.Broadcast, IPAddress.IPv6Loopback) }));
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"localhost:{port} (127.0.0.1, ::1) refuses connections: nothing listens on this port; check "
                + $"the port in --endpoint (8883 for MQTT over TLS)"),
            await FailureOf(Options() with { Port = port, Resolver = Resolve(IPAddress.Loopback, IPAddress.IPv6Loopback) }));
    }

    [Fact]
    public async Task A_silent_address_is_reported_as_such()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        using BlackHole hole = new(IPAddress.Loopback);
        MqttConnectionOptions options = Options() with { Port = hole.Port, Resolver = Resolve(IPAddress.IPv6Loopback, IPAddress.Loopback) };
        Task<(ConnectFailureKind? Kind, string? Message)> failing = FailureOf(options, time);
        while (!failing.IsCompleted)
        {
            // The refusal is immediate; the silence lasts for the whole time-out.
            await Task.Yield();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"localhost:{hole.Port} can't be reached: ::1 refuses connections, 127.0.0.1 does not answer "
                + $"within 10 s; check --endpoint, the network and the firewall (outgoing TCP {hole.Port})"),
            await failing);
    }

    [Fact]
    public async Task TCP_detects_a_dead_link_after_half_a_keep_alive_period()
    {
        Dialer dialer = new(Plain(Broker.PlainPort) with { KeepAlive = TimeSpan.FromSeconds(40) }, null, new PortMemory(null),
            TimeProvider.System, NullLogger.Instance);
        using ServerStream stream = (await dialer.DialAsync(default)).Server!;
        Assert.Equal(20_000, TcpUserTimeout.Get(stream.Socket));
        TcpUserTimeout.Set(stream.Socket, TimeSpan.FromSeconds(1_200));
        Assert.Equal(600_000, TcpUserTimeout.Get(stream.Socket));
    }

    [Fact]
    public async Task The_kernel_closes_a_connection_whose_peer_acknowledges_nothing()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndpoint);
        using Socket deaf = await listener.AcceptSocketAsync();
        TcpUserTimeout.Set(socket, TimeSpan.FromSeconds(1));
        SocketException end = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using CancellationTokenSource deadline = new(Wait.Deadline);
            while (true)
            {
                await socket.SendAsync(new byte[64 * 1024], deadline.Token);
            }
        });
        Assert.Equal(SocketError.TimedOut, end.SocketErrorCode);
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Resolve(params IPAddress[] addresses) =>
        (_, _) => Task.FromResult(addresses);
}
