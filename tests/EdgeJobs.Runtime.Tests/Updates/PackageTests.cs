using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Installations of Debian packages by the real dpkg and apt, and rollbacks.</summary>
public sealed class PackageTests : IDisposable
{
    private const string Of1 = PackageRoot.Name + "_1.0_all.deb";
    private const string Of2 = PackageRoot.Name + "_1%3a2.0-1_all.deb";
    private const string Of3 = PackageRoot.Name + "_1%3a3.0_all.deb";
    private PackageBoard _board = new();

    public void Dispose() => _board.Dispose();

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_package_is_installed_upgraded_and_rolled_back(bool hasApt)
    {
        Use(hasApt);
        await _board.InstallAsync(await _board.PackAsync("1.0"));
        Assert.Equal("installed 1.0 1.0", await _board.StateAsync());
        Assert.StartsWith(hasApt ? "apt-get " : "dpkg --force-confdef", _board.Calls[0], StringComparison.Ordinal);
        await File.WriteAllTextAsync($"{_board.Packages.Root}/etc/pump.conf", "edited\n");
        await _board.InstallAsync(await _board.PackAsync("1:2.0-1"));
        Assert.Equal("installed 1:2.0-1 1:2.0-1", await _board.StateAsync());
        Assert.Equal([Of2, Of1], _board.Copies);
        StepAction.Install plan = (await _board.PackAsync("1:3.0")) with { Units = ["pump.service"] };
        await _board.InstallAsync(plan);
        Assert.Equal("installed 1:3.0 1:3.0", await _board.StateAsync());
        Assert.Equal("edited\n", await File.ReadAllTextAsync($"{_board.Packages.Root}/etc/pump.conf"));
        Assert.Equal([Of2, Of3], _board.Copies);
        Assert.Equal("systemctl --no-ask-password restart -- pump.service", _board.Calls[^1]);

        int calls = _board.Calls.Length;
        Assert.Equal($"{PackageRoot.Name} is 1:2.0-1 again", await _board.UndoAsync(plan));
        Assert.Equal("installed 1:2.0-1 1:2.0-1", await _board.StateAsync());
        Assert.Equal("edited\n", await File.ReadAllTextAsync($"{_board.Packages.Root}/etc/pump.conf"));
        Assert.Equal(2, _board.Calls.Length - calls);
        Assert.Equal("systemctl --no-ask-password restart -- pump.service", _board.Calls[^1]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_board.Board["data/packages/" + Of2]));
    }

    [RootFact]
    public async Task The_installed_version_is_not_installed_again()
    {
        await _board.InstallAsync(await _board.PackAsync("1.0"));
        await _board.InstallAsync(await _board.PackAsync("1:2.0-1"));
        int calls = _board.Calls.Length;
        StepAction.Install plan = (await _board.PackAsync("1:2.0-1")) with
        {
            Units = ["pump.service"],
            Before = ["sh", "-c", $"echo before >> {_board.Board["calls"]}"],
            After = ["sh", "-c", $"echo after >> {_board.Board["calls"]}"],
        };
        await _board.InstallAsync(plan);
        Assert.Equal(["before", "after", "systemctl --no-ask-password restart -- pump.service"], _board.Calls[calls..]);
        Assert.Equal([Of2, Of1], _board.Copies);
        Assert.Equal($"{PackageRoot.Name} is 1:2.0-1 again", await _board.UndoAsync(plan));
        Assert.Equal("installed 1:2.0-1 1:2.0-1", await _board.StateAsync());
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_package_whose_script_fails_is_replaced_by_the_version_before(bool hasApt)
    {
        Use(hasApt);
        await _board.InstallAsync(await _board.PackAsync("1.0"));
        StepAction.Install plan = await _board.PackAsync("1:2.0-1", ("postinst", "echo the pump leaks >&2; exit 3"));
        StepResult result = await _board.RunAsync(plan);
        Assert.Equal(1, result.Code);
        Assert.StartsWith(
            $"{PackageRoot.Name} 1:2.0-1 can't be installed: exit code {(hasApt ? 100 : 1)}: ", result.Fault, StringComparison.Ordinal);
        Assert.Contains("the pump leaks", result.Fault, StringComparison.Ordinal);
        Assert.Equal("half-configured 1:2.0-1 1:2.0-1", await _board.StateAsync());
        Assert.Equal($"{PackageRoot.Name} is 1.0 again", await _board.UndoAsync(plan));
        Assert.Equal("installed 1.0 1.0", await _board.StateAsync());
    }

    [RootTheory]
    [InlineData("true")]
    [InlineData("exit 1")]
    [InlineData("kill -9 $PPID")]
    public async Task A_rollback_of_the_first_version_removes_the_package(string script)
    {
        StepAction.Install plan = (await _board.PackAsync("1.0", ("postinst", script))) with { Units = ["pump.service"] };
        Assert.Equal(script == "true" ? 0 : 1, (await _board.RunAsync(plan)).Code);
        int calls = _board.Calls.Length;
        Assert.Equal($"{PackageRoot.Name} is not installed, as before", await _board.UndoAsync(plan));
        Assert.Equal(
            [
                "systemctl --no-ask-password stop -- pump.service",
                $"dpkg --force-remove-reinstreq --remove {PackageRoot.Name}:all",
            ],
            _board.Calls[calls..]);
        Assert.False(File.Exists(_board.Packages.VersionFile));
        Assert.Equal($"{PackageRoot.Name} is not installed, as before", await _board.UndoAsync(plan, attempt: 2));
    }

    [RootTheory]
    [InlineData(true, "preinst")]
    [InlineData(true, "postinst")]
    [InlineData(false, "preinst")]
    [InlineData(false, "postinst")]
    public async Task An_installation_continues_after_dpkg_was_killed(bool hasApt, string script)
    {
        foreach (bool isFirst in (bool[])[true, false])
        {
            Use(hasApt);
            if (!isFirst)
            {
                await _board.InstallAsync(await _board.PackAsync("1.0"));
            }

            string mark = _board.Board["killed"];
            string kill = $"[ -e {mark} ] || {{ touch {mark}; kill -9 $PPID; }}";
            StepAction.Install plan = await _board.PackAsync("1:2.0-1", (script, kill));
            StepResult result = await _board.RunAsync(plan);
            Assert.Equal(1, result.Code);
            Assert.NotEqual("installed 1:2.0-1 1:2.0-1", await _board.StateAsync());
            await _board.InstallAsync(plan, attempt: 2);
            Assert.Equal("installed 1:2.0-1 1:2.0-1", await _board.StateAsync());

            // The record of the first attempt has the version before.
            await _board.UndoAsync(plan);
            Assert.Equal(isFirst ? "" : "installed 1.0 1.0", isFirst ? "" : await _board.StateAsync());
            Assert.Equal(!isFirst, File.Exists(_board.Packages.VersionFile));
        }
    }

    [RootTheory]
    [InlineData(true, "preinst")]
    [InlineData(true, "postinst")]
    [InlineData(false, "preinst")]
    [InlineData(false, "postinst")]
    public async Task A_rollback_repairs_what_a_killed_dpkg_has_left(bool hasApt, string script)
    {
        Use(hasApt);
        await _board.InstallAsync(await _board.PackAsync("1.0"));
        StepAction.Install plan = await _board.PackAsync("1:2.0-1", (script, "kill -9 $PPID"));
        Assert.Equal(1, (await _board.RunAsync(plan)).Code);
        Assert.Equal($"{PackageRoot.Name} is 1.0 again", await _board.UndoAsync(plan));
        Assert.Equal("installed 1.0 1.0", await _board.StateAsync());
    }

    [RootTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_interrupted_installation_runs_again_from_any_moment(bool isFirst)
    {
        for (int end = 1; ; end++)
        {
            Use(hasApt: false);
            if (!isFirst)
            {
                await _board.InstallAsync(await _board.PackAsync("1.0"));
            }

            StepAction.Install plan = await _board.PackAsync("1:2.0-1");
            int change = 0;
            _board.Changing = () =>
            {
                if (++change == end)
                {
                    throw new InvalidOperationException("the agent ends here");
                }
            };
            StepResult result = await _board.RunAsync(plan);
            _board.Changing = () => { };
            bool wasComplete = result.Code == 0;
            await _board.InstallAsync(plan, attempt: 2);
            Assert.Equal("installed 1:2.0-1 1:2.0-1", await _board.StateAsync());
            await _board.UndoAsync(plan);
            Assert.Equal(!isFirst, File.Exists(_board.Packages.VersionFile));
            if (wasComplete)
            {
                // The directory, the copy and its name, the repair, the record, the copy's last name, dpkg.
                Assert.Equal(7, end - 1);
                break;
            }
        }
    }

    [RootFact]
    public async Task A_version_that_is_not_kept_can_t_be_brought_back()
    {
        await _board.InstallAsync(await _board.PackAsync("1.0"));
        StepAction.Install plan = await _board.PackAsync("1:2.0-1");
        await _board.InstallAsync(plan);
        string copy = _board.Board["data/packages/" + Of1];
        File.Move(copy, _board.Board["kept.deb"]);
        StepResult result = await _board.RollBackAsync(plan);
        Assert.Equal(1, result.Code);
        Assert.Equal(
            $"{PackageRoot.Name} 1.0 can't be installed again: neither {_board.Board["data/packages"]} nor {_board.Archives} has {Of1}; "
                + $"{PackageRoot.Name} stays as the failed job has left it",
            result.Fault);
        Assert.Equal("installed 1:2.0-1 1:2.0-1", await _board.StateAsync());

        File.Move(_board.Board["kept.deb"], $"{_board.Archives}/{Of1}");
        Assert.Equal($"{PackageRoot.Name} is 1.0 again", await _board.UndoAsync(plan));
        Assert.Equal("installed 1.0 1.0", await _board.StateAsync());
    }

    [RootFact]
    public async Task What_is_not_the_right_package_changes_nothing()
    {
        await _board.InstallAsync(await _board.PackAsync("1.0"));
        StepAction.Install plan = await _board.PackAsync("1:2.0-1");
        string sum = DownloadFixture.Sum(await File.ReadAllBytesAsync(plan.File));
        Assert.Equal(
            $"the SHA-256 of {plan.File} is {sum} instead of {new string('0', 64)}; nothing is changed",
            await _board.RefuseAsync(plan with { Sha256 = new string('0', 64) }));
        string other = _board.Board.Write("other.deb", "no package");
        Assert.StartsWith(
            $"{other} can't be read as a Debian package: exit code 2: dpkg-deb: error: ",
            await _board.RefuseAsync(StepAction.Install.OfPackage(other)),
            StringComparison.Ordinal);
        string none = _board.Board["none.deb"];
        Assert.Equal(
            $"{none} does not exist; download it in a step before this one",
            await _board.RefuseAsync(StepAction.Install.OfPackage(none)));
        _board.SpareBytes = long.MaxValue / 2;
        Assert.Contains(" are free in ", await _board.RefuseAsync(plan), StringComparison.Ordinal);
        _board.SpareBytes = 0;
        await _board.InstallAsync(plan with { Sha256 = sum });
    }

    [RootFact]
    public async Task A_policy_can_forbid_packages()
    {
        StepAction.Install plan = await _board.PackAsync("1.0");
        _board.Board.Policy = new ExecutionPolicy();
        Assert.StartsWith(
            $"installation of the package {plan.File}, which would run as the agent's user, root, is not allowed",
            await _board.RefuseAsync(plan),
            StringComparison.Ordinal);
        _board.Board.Policy = new ExecutionPolicy { RequiresSignatures = true, Users = ["root"] };
        Assert.Contains(" has no signature, which \"requireSignatures\"", await _board.RefuseAsync(plan), StringComparison.Ordinal);
        string target = $"the installation of the package {plan.File}, which can write anywhere, is not allowed on this board; "
            + "to allow it, add \"/\" to \"targetRoots\"";
        _board.Board.Policy = new ExecutionPolicy { TargetRoots = [_board.Board.Path], Users = ["root"] };
        Assert.StartsWith(target, await _board.RefuseAsync(plan), StringComparison.Ordinal);
        _board.Board.Policy = new ExecutionPolicy { Commands = [], Users = ["root"] };
        Assert.StartsWith(target, await _board.RefuseAsync(plan), StringComparison.Ordinal);
        _board.Board.Policy = new ExecutionPolicy { Commands = [], TargetRoots = ["/"], Users = ["root"] };
        await _board.InstallAsync(plan);
    }

    [RootFact]
    public async Task Under_systemd_dpkg_runs_as_a_unit()
    {
        _board.HasSystemd = true;
        _board.Packages.WriteProgram(
            "systemd-run",
            $"echo \"systemd-run $*\" >> {_board.Board["units"]}; while [ \"$1\" != -- ]; do shift; done; shift; exec \"$@\"");
        await _board.InstallAsync(await _board.PackAsync("1.0"));
        string[] units = await File.ReadAllLinesAsync(_board.Board["units"]);
        Assert.Equal(2, units.Length);
        const string Start = "systemd-run --quiet --wait --pipe --collect --property=Type=exec --property=RuntimeMaxSec=1800 "
            + "--setenv=DEBIAN_FRONTEND=noninteractive -- /bin/sh -c ";
        string log = _board.Board["data/dpkg.log"];
        Assert.All(units, unit => Assert.StartsWith(Start, unit, StringComparison.Ordinal));
        Assert.EndsWith($" {log} {_board.Board["bin/dpkg"]} --set-selections", units[0], StringComparison.Ordinal);
        Assert.Contains($" {log} {_board.Board["bin/apt-get"]} -q --yes ", units[1], StringComparison.Ordinal);
        Assert.EndsWith($" install {_board.Board["data/packages/" + Of1]}", units[1], StringComparison.Ordinal);
        Assert.Contains("Setting up edgejobs-test-", await File.ReadAllTextAsync(log), StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData(2, "")]
    [InlineData(1000, "dpkg can't be used: exit code 2: dpkg is locked")]
    public async Task An_installation_waits_up_to_five_minutes_while_dpkg_is_in_use(int busy, string fault)
    {
        StepAction.Install plan = await _board.PackAsync("1.0");
        _board.Timeout = TimeSpan.FromDays(7);
        string dpkg = _board.Board["bin/dpkg"];
        File.Move(dpkg, dpkg + ".real");
        string calls = _board.Board["waits"];
        _board.Packages.WriteProgram(
            "dpkg",
            $"echo >> {calls}; [ $(wc -l < {calls}) -gt {busy} ] || {{ echo dpkg is locked >&2; exit 2; }}\nexec {dpkg}.real \"$@\"");
        Task<StepResult> running = _board.RunAsync(plan);
        while (!running.IsCompleted)
        {
            _board.Board.Time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(1);
        }

        StepResult result = await running;
        Assert.Equal((fault.Length == 0 ? 0 : 1, fault), (result.Code, result.Fault));
        Assert.Equal(Math.Min(busy, 30) + 1, (await File.ReadAllLinesAsync(calls)).Length);
        Assert.Equal(fault.Length == 0 ? "installed 1.0 1.0" : "", await _board.StateAsync());
    }

    private void Use(bool hasApt)
    {
        _board.Dispose();
        _board = new PackageBoard(hasApt);
    }
}
