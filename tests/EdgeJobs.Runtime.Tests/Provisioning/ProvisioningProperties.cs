using CsCheck;
using EdgeJobs.Runtime.Provisioning;

namespace EdgeJobs.Runtime.Tests.Provisioning;

/// <summary>After any sequence of faults, a board has one working identity.</summary>
public sealed class ProvisioningProperties
{
    /// <summary>1,000 fault sequences by default; <c>EDGEJOBS_TEST_STEPS</c> sets the number.</summary>
    private static readonly long Iterations = long.TryParse(Environment.GetEnvironmentVariable("EDGEJOBS_TEST_STEPS"), out long steps)
        ? steps / 300 : 1_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Board_gets_a_working_identity_after_any_sequence_of_faults(bool isKeyOfService) =>
        await Gen.Int[0, 1000].Array[0, 80].SampleAsync(
            async fate =>
            {
                ProvisioningWorld world = new(isKeyOfService, fate);
                world.Check(await world.RunAsync());
            },
            iter: Iterations);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Provisioning_survives_a_power_cut_at_any_point(bool isKeyOfService)
    {
        int starts;
        int point = 0;
        do
        {
            // One fault at this point.
            ProvisioningWorld world = new(isKeyOfService, [.. Enumerable.Repeat(0, point++), 1]);
            world.Check(await world.RunAsync());
            starts = world.Starts;

            // A request whose reply was lost costs a certificate.
            Assert.InRange(world.Certificates, 1, 2);
        }
        while (point < 60);

        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task Provisioning_without_faults_issues_one_certificate()
    {
        ProvisioningWorld world = new(isKeyOfService: false, []);
        IdentityState.Complete identity = await world.RunAsync();
        world.Check(identity);
        Assert.Equal((1, 1), (world.Starts, world.Certificates));
        Assert.Equal("""{"site":"7"}""", identity.Configuration);
    }
}
