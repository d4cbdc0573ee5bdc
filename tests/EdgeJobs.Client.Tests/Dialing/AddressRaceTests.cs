using System.Net;
using System.Net.Sockets;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>On real sockets with a clock that only the tests advance.</summary>
public sealed class AddressRaceTests
{
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");

    /// <summary>An address to which Linux does not connect with TCP.</summary>
    private static readonly IPAddress Nowhere = IPAddress.Broadcast;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task If_the_first_address_responds_the_next_is_not_tried()
    {
        using TcpListener first = Listen(IPAddress.Loopback, 0);
        using TcpListener second = Listen(Second, PortOf(first));
        using Socket? winner = await RunAsync(new AddressRace([IPAddress.Loopback, Second], PortOf(first), _time));
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, PortOf(first)), winner!.RemoteEndPoint);
        Assert.True(winner.NoDelay);
        Assert.False(second.Pending());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silent_address_loses_to_the_other_family_after_its_head_start(bool isV6Silent)
    {
        (IPAddress silent, IPAddress alive) = isV6Silent
            ? (IPAddress.IPv6Loopback, IPAddress.Loopback)
            : (IPAddress.Loopback, IPAddress.IPv6Loopback);
        using BlackHole hole = new(silent);
        using TcpListener listener = Listen(alive, hole.Port);
        AddressRace race = new([silent, alive], hole.Port, _time);
        Task<Socket?> running = RunAsync(race);
        _time.Advance(AddressRace.HeadStart - TimeSpan.FromMilliseconds(1));
        Assert.False(listener.Pending());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        using Socket? winner = await running;
        Assert.Equal(new IPEndPoint(alive, hole.Port), winner!.RemoteEndPoint);

        // The other attempt has ended: the kernel has no half-open connection to the port.
        Assert.DoesNotContain(await File.ReadAllLinesAsync(isV6Silent ? "/proc/net/tcp6" : "/proc/net/tcp"),
            line => line.Contains($":{hole.Port:X4} 02 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_failure_the_next_is_tried_immediately()
    {
        using TcpListener listener = Listen(Second, 0);
        AddressRace race = new([Nowhere, IPAddress.Loopback, Second], PortOf(listener), _time);
        using Socket? winner = await RunAsync(race);
        Assert.Equal(new IPEndPoint(Second, PortOf(listener)), winner!.RemoteEndPoint);
        Assert.Equal((SocketError.NetworkUnreachable, SocketError.ConnectionRefused), (race.FaultOf(0), race.FaultOf(1)));
    }

    [Fact]
    public async Task If_all_fail_each_has_its_error()
    {
        AddressRace race = new([IPAddress.Loopback, Nowhere, IPAddress.IPv6Loopback], TestPorts.Free(), _time);
        Assert.Null(await RunAsync(race));
        Assert.Equal(
            (SocketError.ConnectionRefused, SocketError.NetworkUnreachable, SocketError.ConnectionRefused),
            (race.FaultOf(0), race.FaultOf(1), race.FaultOf(2)));
    }

    [Fact]
    public async Task The_race_can_be_cancelled()
    {
        using BlackHole hole = new(IPAddress.Loopback);
        using CancellationTokenSource giveUp = new();
        Task<Socket?> running = new AddressRace([IPAddress.Loopback], hole.Port, _time).RunAsync(giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.ForAsync(running, "the end"));
    }

    private static Task<Socket?> RunAsync(AddressRace race) => Wait.ForAsync(race.RunAsync(default), "the end of the race");

    private static TcpListener Listen(IPAddress address, int port)
    {
        TcpListener listener = new(address, port);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
