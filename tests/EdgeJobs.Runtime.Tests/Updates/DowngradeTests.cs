using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>A policy that forbids to go back to an older release.</summary>
public sealed class DowngradeTests : IDisposable
{
    private const string Forbids = "\"forbidDowngrades\" in the \"policy\" section of the configuration forbids to go back";
    private static readonly ExecutionPolicy Policy = new() { ForbidsDowngrades = true, Users = ["root"] };
    private readonly InstallBoard _install = new();
    private readonly PackageBoard _packages = new();

    public void Dispose()
    {
        _install.Dispose();
        _packages.Dispose();
    }

    [Fact]
    public async Task A_lower_release_than_the_highest_of_the_directory_is_refused()
    {
        // Without the policy the numbers are kept, too.
        await _install.InstallAsync(_install.Plan("2.0") with { Sequence = 7 });
        _install.Board.Policy = Policy;
        await _install.InstallAsync(_install.Plan("2.1") with { Sequence = 7 });

        // Refused before the archive is read.
        StepAction.Install old = _install.Plan("1.0") with { Sequence = 6 };
        File.Delete(old.Archive);
        Assert.Equal(
            $"the release 6 is lower than 7, which was installed in {_install.Directory}; {Forbids}", await _install.RefuseAsync(old));
        await _install.InstallAsync(_install.Plan("3.0") with { Sequence = 8 });

        // Another directory has numbers of its own.
        StepAction.Install other = _install.Plan("1.0");
        await _install.InstallAsync(new StepAction.Install(other.Archive, _install.Board["web"], "1.0") { Sequence = 1 });

        _install.Board.Policy = null;
        await _install.InstallAsync(_install.Plan("1.0") with { Sequence = 6 });
        Assert.Equal("1.0", _install.Current);
    }

    [Fact]
    public async Task A_rollback_is_not_a_downgrade_and_does_not_lower_the_number()
    {
        _install.Board.Policy = Policy;
        StepAction.Install first = _install.Plan("1.0") with { Sequence = 1 };
        await _install.InstallAsync(first);
        StepAction.Install second = _install.Plan("2.0") with { Sequence = 2 };
        await _install.InstallAsync(second);
        StepBoard.AssertGood(await _install.RollBackAsync(second));
        Assert.Equal("1.0", _install.Current);
        Assert.StartsWith("the release 1 is lower than 2, ", await _install.RefuseAsync(first), StringComparison.Ordinal);
        await _install.InstallAsync(second);
    }

    [Fact]
    public async Task An_interrupted_installation_has_its_number_in_the_end()
    {
        _install.Board.Policy = Policy;
        int complete = 0;
        for (int end = 1; complete == 0; end++)
        {
            string version = $"{end}.0";
            StepAction.Install plan = _install.Plan(version) with { Sequence = end };
            int change = 0;
            _install.Changing = () =>
            {
                if (++change == end)
                {
                    throw new InvalidOperationException("the agent ends here");
                }
            };
            complete = (await _install.RunAsync(plan)).Code == 0 ? end : 0;
            _install.Changing = () => { };
            await _install.InstallAsync(plan, attempt: 2);
            Assert.StartsWith(
                $"the release {end - 1} is lower than {end}, ",
                await _install.RefuseAsync(plan with { Sequence = end - 1 }),
                StringComparison.Ordinal);
        }

        Assert.True(complete > 10);
    }

    [Fact]
    public void Without_a_number_an_archive_is_refused()
    {
        StepPlan step = new() { Name = "install", Action = new StepAction.Install("/a.tar", "/opt/pump", "2.0") };
        Assert.Equal(
            "step 1 of 1 'install': installation of /opt/pump/2.0 has no sequence, which \"forbidDowngrades\" in the \"policy\" section "
                + "of the configuration demands; add the number of the release",
            Policy.Check(new JobPlan { Steps = [step] }, "/bin", "/", 0));
        step = step with { Action = StepAction.Install.OfPackage("/a.deb") };
        Assert.Null(Policy.Check(new JobPlan { Steps = [step] }, "/bin", "/", 0));
    }

    [Fact]
    public async Task A_damaged_record_of_the_numbers_accepts_nothing()
    {
        _install.Board.Policy = Policy;
        StepAction.Install plan = _install.Plan("1.0") with { Sequence = 1 };
        string file = _install.Board.Write("data/sequences", "edgejobs sequences 1\0/opt/pump\0seven");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(
            $"{file}: is damaged, so the agent does not know which releases were installed; move it away to accept any",
            await _install.RefuseAsync(plan));
        File.Delete(file);
        await _install.InstallAsync(plan);
    }

    [RootFact]
    public async Task A_lower_version_of_a_package_is_refused_by_the_order_of_dpkg()
    {
        await _packages.InstallAsync(await _packages.PackAsync("1:1.0"));
        _packages.Board.Policy = Policy;
        StepAction.Install old = await _packages.PackAsync("9.0");
        StepResult result = await _packages.RunAsync(old);
        Assert.Equal($"{PackageRoot.Name} 9.0 is lower than 1:1.0, which is installed; {Forbids}", result.Fault);
        Assert.Equal("", await _packages.UndoAsync(old));
        Assert.Equal("installed 1:1.0 1:1.0", await _packages.StateAsync());

        StepAction.Install next = await _packages.PackAsync("1:1.10");
        await _packages.InstallAsync(next);
        await _packages.InstallAsync(next);
        await _packages.InstallAsync(await _packages.PackAsync("1:2.0"));
        StepAction.Install last = await _packages.PackAsync("1:3.0");
        await _packages.InstallAsync(last);
        Assert.Equal($"{PackageRoot.Name} is 1:2.0 again", await _packages.UndoAsync(last));
    }
}
