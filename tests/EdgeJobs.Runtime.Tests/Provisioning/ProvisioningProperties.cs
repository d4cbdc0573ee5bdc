using CsCheck;
using EdgeJobs.Runtime.Provisioning;

namespace EdgeJobs.Runtime.Tests.Provisioning;

/// <summary>Whatever happens on the way, a board ends with one identity that works.</summary>
public sealed class ProvisioningProperties
{
    /// <summary>1,000 fates by default; <c>EDGEJOBS_TEST_STEPS</c> sets how many.</summary>
    private static readonly long Iterations = long.TryParse(Environment.GetEnvironmentVariable("EDGEJOBS_TEST_STEPS"), out long steps) ? steps / 300 : 1_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whatever_happens_the_board_gets_an_identity_that_works(bool isKeyOfService) =>
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
    public async Task A_power_cut_at_any_one_point_is_survived(bool isKeyOfService)
    {
        int starts;
        int point = 0;
        do
        {
            // All goes well, but for the one point.
            ProvisioningWorld world = new(isKeyOfService, [.. Enumerable.Repeat(0, point++), 1]);
            world.Check(await world.RunAsync());
            starts = world.Starts;

            // A request whose answer was lost: one certificate for it, and one to go on with.
            Assert.InRange(world.Certificates, 1, 2);
        }
        while (point < 60);

        Assert.Equal(1, starts);
    }

    [Fact]
    public async Task When_all_goes_well_one_certificate_is_made()
    {
        ProvisioningWorld world = new(isKeyOfService: false, []);
        IdentityState.Complete identity = await world.RunAsync();
        world.Check(identity);
        Assert.Equal((1, 1), (world.Starts, world.Certificates));
        Assert.Equal("""{"site":"7"}""", identity.Configuration);
    }
}
