using System.Net;
using System.Net.Sockets;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>On real sockets; the clock stands still unless a test moves it.</summary>
public sealed class AddressRaceTests
{
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");

    /// <summary>Linux connects no TCP there.</summary>
    private static readonly IPAddress Nowhere = IPAddress.Broadcast;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task The_first_address_wins_when_it_answers_and_the_next_is_not_tried()
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
    public async Task An_address_that_is_silent_loses_to_the_other_family_after_its_head_start(bool isV6Silent)
    {
        (IPAddress silent, IPAddress alive) = isV6Silent ? (IPAddress.IPv6Loopback, IPAddress.Loopback) : (IPAddress.Loopback, IPAddress.IPv6Loopback);
        using BlackHole hole = new(silent);
        using TcpListener listener = Listen(alive, hole.Port);
        AddressRace race = new([silent, alive], hole.Port, _time);
        Task<Socket?> running = RunAsync(race);
        _time.Advance(AddressRace.HeadStart - TimeSpan.FromMilliseconds(1));
        Assert.False(listener.Pending());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        using Socket? winner = await running;
        Assert.Equal(new IPEndPoint(alive, hole.Port), winner!.RemoteEndPoint);

        // The other attempt is over: the kernel has no half-open connection to the port any more.
        Assert.DoesNotContain(await File.ReadAllLinesAsync(isV6Silent ? "/proc/net/tcp6" : "/proc/net/tcp"), line => line.Contains($":{hole.Port:X4} 02 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_next_is_tried_at_once_when_one_fails()
    {
        using TcpListener listener = Listen(Second, 0);
        AddressRace race = new([Nowhere, IPAddress.Loopback, Second], PortOf(listener), _time);
        using Socket? winner = await RunAsync(race);
        Assert.Equal(new IPEndPoint(Second, PortOf(listener)), winner!.RemoteEndPoint);
        Assert.Equal((SocketError.NetworkUnreachable, SocketError.ConnectionRefused), (race.FaultOf(0), race.FaultOf(1)));
    }

    [Fact]
    public async Task When_all_fail_each_has_its_fault()
    {
        AddressRace race = new([IPAddress.Loopback, Nowhere, IPAddress.IPv6Loopback], TestPorts.Free(), _time);
        Assert.Null(await RunAsync(race));
        Assert.Equal(
            (SocketError.ConnectionRefused, SocketError.NetworkUnreachable, SocketError.ConnectionRefused),
            (race.FaultOf(0), race.FaultOf(1), race.FaultOf(2)));
    }

    [Fact]
    public async Task It_can_be_given_up()
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
