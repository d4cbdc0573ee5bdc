using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary><c>edgejobs doctor</c> over a faulty connection: it reports the stage and what it observed.</summary>
public sealed class DoctorOnFaultyLineTests : CloudTests
{
    /// <summary>The bytes that the board sends in the TLS handshake and a part of CONNECT.</summary>
    private const int Handshake = 930;

    /// <summary>The bytes that the board sends up to its last subscription, and more.</summary>
    private const int InUse = 1_420;

    [Theory]
    [InlineData(FaultKind.Cut)]
    [InlineData(FaultKind.Reset)]
    public async Task Connection_lost_in_the_handshake(FaultKind kind) =>
        (await DiagnoseAsync(new LineFault(kind, Up: true, After: 100))).AssertFirstFault("tls", 3, "in the TLS handshake");

    [Fact]
    public async Task Connection_reset_at_each_handshake_packet()
    {
        for (int packet = 1; packet <= 4; packet++)
        {
            Diagnosis found = await DiagnoseAsync(new LineFault(FaultKind.ResetPacket, After: packet));
            Assert.Contains(found.Names("failed").First(), (string[])["tls", "connect"]);
            Assert.Equal(3, found.ExitCode);
        }
    }

    [Fact]
    public async Task No_answer_in_the_handshake() =>
        (await DiagnoseAsync(new LineFault(FaultKind.HalfOpen, Up: true, After: 0)))
            .AssertFirstFault("tls", 3, "does not answer the TLS handshake within 10 s");

    [Fact]
    public async Task One_byte_per_second() =>
        (await DiagnoseAsync(new LineFault(FaultKind.Trickle, Up: false, After: 0, Milliseconds: 1_000)))
            .AssertFirstFault("tls", 3, "TLS handshake within 10 s");

    [Fact]
    public async Task No_answer_to_CONNECT() =>
        (await DiagnoseAsync(new LineFault(FaultKind.HalfOpen, Up: true, After: Handshake)))
            .AssertFirstFault("connect", 3, "does not answer CONNECT within 10 s");

    [Fact]
    public async Task No_answer_after_the_subscriptions()
    {
        Diagnosis found = await DiagnoseAsync(new LineFault(FaultKind.HalfOpen, Up: true, After: InUse));
        Assert.True(found.Names("failed").Count() == 1, found.Text);
        found.AssertFirstFault(found.Names("failed").First(), 3, "not even acknowledged the request", "check the link");
    }

    [Fact]
    public async Task A_slow_connection_is_healthy() =>
        (await DiagnoseAsync(new LineFault(FaultKind.Delay, Up: false, After: 500, Milliseconds: 1_500))).AssertHealthy();

    private async Task<Diagnosis> DiagnoseAsync(LineFault fault)
    {
        await using FaultProxy line = FaultProxy.To(Cloud.Mqtts.Port, new FaultSchedule(fault));
        Diagnosis found = await Diagnosis.OfAsync(
            [.. Files.FlagsFor(new Uri($"mqtts://127.0.0.1:{line.Port}")), "--data_dir", Scratch["agent"]]);
        Assert.Equal(1, line.Happened);
        return found;
    }
}
