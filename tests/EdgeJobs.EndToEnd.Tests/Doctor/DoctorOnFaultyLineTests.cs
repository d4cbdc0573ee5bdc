using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary><c>edgejobs doctor</c> on a line where something goes wrong: it names the stage, and what it saw.</summary>
public sealed class DoctorOnFaultyLineTests : IAsyncLifetime
{
    /// <summary>So many bytes from the board are the TLS handshake and a part of CONNECT.</summary>
    private const int Handshake = 930;

    /// <summary>And so many that the subscriptions have passed.</summary>
    private const int InUse = 1_420;

    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;
    private ThingFiles _thing = null!;

    public async Task InitializeAsync()
    {
        _cloud = await CloudProcess.StartAsync();
        _thing = await _cloud.CreateThingAsync("board-1");
    }

    public async Task DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(FaultKind.Cut)]
    [InlineData(FaultKind.Reset)]
    public async Task Broken_off_in_the_handshake(FaultKind kind) =>
        (await DiagnoseAsync(new LineFault(kind, Up: true, After: 100))).AssertFirstFault("tls", 3, "in the TLS handshake");

    [Fact]
    public async Task Reset_at_each_packet_of_the_handshake()
    {
        for (int packet = 1; packet <= 4; packet++)
        {
            Diagnosis found = await DiagnoseAsync(new LineFault(FaultKind.ResetPacket, After: packet));
            Assert.Contains(found.Names("failed").First(), (string[])["tls", "connect"]);
            Assert.Equal(3, found.ExitCode);
        }
    }

    [Fact]
    public async Task Silent_in_the_handshake() =>
        (await DiagnoseAsync(new LineFault(FaultKind.HalfOpen, Up: true, After: 0))).AssertFirstFault("tls", 3, "does not answer the TLS handshake within 10 s");

    [Fact]
    public async Task A_byte_a_second() =>
        (await DiagnoseAsync(new LineFault(FaultKind.Trickle, Up: false, After: 0, Milliseconds: 1_000))).AssertFirstFault("tls", 3, "TLS handshake within 10 s");

    [Fact]
    public async Task Silent_at_CONNECT() =>
        (await DiagnoseAsync(new LineFault(FaultKind.HalfOpen, Up: true, After: Handshake))).AssertFirstFault("connect", 3, "does not answer CONNECT within 10 s");

    [Theory]
    [InlineData(FaultKind.Cut)]
    [InlineData(FaultKind.Reset)]
    public async Task Broken_off_when_it_is_in_use(FaultKind kind)
    {
        Diagnosis found = await DiagnoseAsync(new LineFault(kind, Up: true, After: InUse));

        // The rest is asked on another connection.
        Assert.True(found.Names("failed").Count() == 1, found.Text);
        (string name, string _, string message) = found.Checks.Single(c => c.Outcome == "failed");
        Assert.Contains(name, (string[])["subscribe", "get", "describe", "update", "start-next"]);
        Assert.Matches("^the connection (to the server )?was lost", message);
        Assert.Equal(3, found.ExitCode);
    }

    [Fact]
    public async Task Silent_when_it_is_in_use()
    {
        Diagnosis found = await DiagnoseAsync(new LineFault(FaultKind.HalfOpen, Up: true, After: InUse));
        Assert.True(found.Names("failed").Count() == 1, found.Text);
        found.AssertFirstFault(found.Names("failed").First(), 3, "not even acknowledged the request", "check the link");
    }

    [Fact]
    public async Task Slow_is_no_fault() => (await DiagnoseAsync(new LineFault(FaultKind.Delay, Up: false, After: 500, Milliseconds: 1_500))).AssertHealthy();

    private async Task<Diagnosis> DiagnoseAsync(LineFault fault)
    {
        await using FaultProxy line = FaultProxy.To(_cloud.Mqtts.Port, new FaultSchedule(fault));
        Diagnosis found = await Diagnosis.OfAsync([.. _thing.FlagsFor(new Uri($"mqtts://127.0.0.1:{line.Port}")), "--data_dir", _directory["agent"]]);
        Assert.Equal(1, line.Happened);
        return found;
    }
}
