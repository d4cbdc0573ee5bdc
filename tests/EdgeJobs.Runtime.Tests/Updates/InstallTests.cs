using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Installations of tar archives, their refusals, and rollbacks, with real files and processes.</summary>
public sealed class InstallTests : IDisposable
{
    private const UnixFileMode AllMayWrite = (UnixFileMode)0x1FF;
    private readonly InstallBoard _install = new();

    public void Dispose() => _install.Dispose();

    [Fact]
    public async Task A_version_is_installed_beside_the_current_one()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        await _install.InstallAsync(_install.Plan("2.0"));
        Assert.Equal(
            """
            1.0 /
            1.0/.edgejobs (mark)
            1.0/bin /
            1.0/bin/pump 1.0
            2.0 /
            2.0/.edgejobs (mark)
            2.0/bin /
            2.0/bin/pump 2.0
            current -> 2.0

            """,
            _install.Tree);
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode($"{_install.Directory}/2.0"));
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode($"{_install.Directory}/2.0/bin/pump"));
        Assert.Empty(_install.Board.Calls);
    }

    [Fact]
    public async Task Permissions_come_from_the_archive_except_those_that_give_power_to_others()
    {
        byte[] archive = new TarBuilder().File("a", mode: "0006777").File("b", mode: "0000400").Folder("c").Build();
        await _install.InstallAsync(new StepAction.Install(_install.Archive(archive), _install.Directory, "1.0"));
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode($"{_install.Directory}/1.0/a"));
        Assert.Equal((UnixFileMode)0x100, File.GetUnixFileMode($"{_install.Directory}/1.0/b"));
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode($"{_install.Directory}/1.0/c"));
    }

    [Fact]
    public async Task Only_the_current_version_and_the_one_before_are_kept()
    {
        Directory.CreateDirectory($"{_install.Directory}/data");
        Directory.CreateDirectory($"{_install.Directory}/.0.9.old.new/left");
        foreach (string version in (string[])["1.0", "2.0", "3.0"])
        {
            await _install.InstallAsync(_install.Plan(version));
        }

        Assert.Equal(
            ["2.0", "3.0", "current", "data"],
            Directory.GetFileSystemEntries(_install.Directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("xz")]
    [InlineData("zstd")]
    [InlineData("tar")]
    public async Task Archives_of_the_usual_tools_are_read(string tool)
    {
        string source = Directory.CreateDirectory(_install.Board["source/deep/" + new string('d', 120)]).FullName;
        string big = new('b', 300_000);
        await File.WriteAllTextAsync($"{source}/{new string('f', 150)}", big);
        await File.WriteAllTextAsync(_install.Board["source/ä.txt"], "ä");
        string archive = _install.Board["a.archive"];
        string pack = tool == "tar" ? $"tar --format=pax -cf {archive}" : $"tar --format=gnu --use-compress-program={tool} -cf {archive}";
        StepBoard.AssertGood(await ShellAsync($"cd {_install.Board["source"]} && {pack} . && chmod 644 {archive}"));
        await _install.InstallAsync(new StepAction.Install(archive, _install.Directory, "1.0"));
        Assert.Equal("ä", await File.ReadAllTextAsync($"{_install.Directory}/current/ä.txt"));
        Assert.Equal(
            big, await File.ReadAllTextAsync($"{_install.Directory}/current/deep/{new string('d', 120)}/{new string('f', 150)}"));
    }

    [Fact]
    public async Task Programs_and_units_follow_the_version()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        StepAction.Install plan = _install.Plan("2.0") with
        {
            Before = ["sh", "-c", $"echo before $(readlink ../current) $(cat bin/pump) >> {_install.Board["calls"]}"],
            After = ["sh", "-c", $"echo after $(readlink ../current) >> {_install.Board["calls"]}"],
            Units = ["pump.service", "web.service"],
        };
        await _install.InstallAsync(plan);
        string[] watch = [.. Enumerable.Repeat("show --property=ActiveState,InvocationID -- pump.service", 3)];
        Assert.Equal(
            [
                "before 1.0 2.0", "after 2.0", "--no-ask-password restart -- pump.service web.service", .. watch,
                .. watch.Select(w => w.Replace("pump", "web", StringComparison.Ordinal)),
            ],
            _install.Board.Calls);
    }

    [Fact]
    public async Task A_rollback_brings_back_the_version_before()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        StepAction.Install plan = _install.Plan("2.0") with { Units = ["pump.service"] };
        await _install.InstallAsync(plan);
        int before = _install.Board.Calls.Length;
        StepResult result = await _install.RollBackAsync(plan);
        StepBoard.AssertGood(result);
        Assert.Equal($"{_install.Directory} is 1.0 again", result.Fault);
        Assert.Equal("1.0", _install.Current);
        Assert.Equal("--no-ask-password restart -- pump.service", _install.Board.Calls[before]);
        Assert.Equal(before + 4, _install.Board.Calls.Length);

        // The same archive again, as another job.
        await _install.InstallAsync(plan);
        Assert.Equal("2.0", _install.Current);
    }

    [Fact]
    public async Task A_rollback_of_the_first_version_removes_the_link_and_stops_the_units()
    {
        StepAction.Install plan = _install.Plan("1.0") with { Units = ["pump.service"] };
        await _install.InstallAsync(plan);
        StepResult result = await _install.RollBackAsync(plan);
        Assert.Equal($"{_install.Directory} has no current version, as before", result.Fault);
        Assert.Null(_install.Current);
        Assert.Equal("--no-ask-password stop -- pump.service", _install.Board.Calls[^1]);
    }

    [Fact]
    public async Task A_rollback_does_not_use_the_record_of_another_job()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        await _install.InstallAsync(_install.Plan("2.0"));
        StepAction.Install broken = _install.Plan("3.0") with { Sha256 = new string('0', 64) };
        Assert.Equal(1, (await _install.RunAsync(broken)).Code);
        StepResult result = await _install.RollBackAsync(broken);
        Assert.Equal("", result.Fault);
        Assert.Equal("2.0", _install.Current);
    }

    [Fact]
    public async Task A_unit_that_does_not_stay_up_fails_the_step()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        _install.Board.Write("state", "failed");
        StepAction.Install plan = _install.Plan("2.0") with { Units = ["pump.service"] };
        Task<StepResult> running = _install.RunAsync(plan);
        await Processes.Until.TrueAsync(() => _install.Board.Calls.Length > 4, "the checks");
        _install.Board.Time.Advance(StepAction.HealthCheck.UsualTimeout);
        StepResult result = await running;
        Assert.Equal(
            "the unit pump.service does not stay up: timed out after 120 s (good 0 of 3 times in a row; the last check: "
                + "ActiveState=failed | InvocationID=1)",
            result.Fault);
        Assert.Equal("2.0", _install.Current);
    }

    [Theory]
    [InlineData("before", "1.0")]
    [InlineData("after", "2.0")]
    public async Task A_program_that_fails_fails_the_step(string name, string current)
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        string[] command = ["sh", "-c", "echo no >&2; exit 3"];
        StepAction.Install plan = _install.Plan("2.0");
        plan = name == "before" ? plan with { Before = command } : plan with { After = command };
        StepResult result = await _install.RunAsync(plan);
        Assert.Equal($"the program of {name} failed: exit code 3: no", result.Fault);
        Assert.Equal(current, _install.Current);
        string undone = name == "before" ? "" : $"{_install.Directory} is 1.0 again";
        Assert.Equal(undone, (await _install.RollBackAsync(plan)).Fault);
        Assert.Equal("1.0", _install.Current);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_extraction_leaves_nothing(bool isCompressed)
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        string before = _install.Tree;
        TarBuilder builder = new();
        for (int i = 0; i < 50; i++)
        {
            builder.File($"f{i}", new string('x', 50_000));
        }

        byte[] archive = isCompressed ? TarBuilder.Gzip(builder.Build()) : builder.Build();
        using CancellationTokenSource stop = new();
        int changes = 0;
        _install.Changing = () =>
        {
            if (++changes == 10)
            {
                Assert.True(File.Exists($"{_install.Directory}/.2.0.new/f5"));
                stop.Cancel();
            }
        };
        StepAction.Install plan = new(_install.Archive(archive), _install.Directory, "2.0");
        StepResult result = await _install.RunAsync(plan, cancellationToken: stop.Token);
        Assert.True(result is { WasCanceled: true, TimedOutAfter: null, Code: 1, Fault: "it was cancelled" }, result.Describe());
        Assert.Equal(before, _install.Tree);
        Assert.InRange(changes, 10, 14);
    }

    [Fact]
    public async Task A_time_out_ends_the_program_and_the_rollback_follows()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        StepAction.Install plan = _install.Plan("2.0") with { After = ["sh", "-c", $"touch {_install.Board["begun"]}; sleep 1000"] };
        Task<StepResult> running = _install.RunAsync(plan);
        await Processes.Until.TrueAsync(() => File.Exists(_install.Board["begun"]), "the program");
        _install.Board.Time.Advance(StepAction.Install.UsualTimeout);
        StepResult result = await running;
        Assert.Equal("timed out after 1800 s (the installation is not complete)", result.Describe());
        Assert.Equal("2.0", _install.Current);
        Assert.Equal($"{_install.Directory} is 1.0 again", (await _install.RollBackAsync(plan)).Fault);
        Assert.Equal("1.0", _install.Current);
    }

    [Fact]
    public async Task What_the_board_has_is_not_replaced()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        string other = _install.Archive(new TarBuilder().File("other").Build());
        Assert.Equal(
            $"{_install.Directory}/1.0 is the current version and has other content; give the new content another version",
            await _install.RefuseAsync(new StepAction.Install(other, _install.Directory, "1.0")));

        Directory.CreateDirectory($"{_install.Directory}/data");
        Assert.Equal(
            $"{_install.Directory}/data exists and was not installed by the agent; move it away, or choose another version",
            await _install.RefuseAsync(new StepAction.Install(other, _install.Directory, "data")));

        // The same archive is there already. Other content of a version that is not current takes its place.
        await _install.InstallAsync(_install.Plan("1.0"));
        await _install.InstallAsync(_install.Plan("2.0"));
        await _install.InstallAsync(new StepAction.Install(other, _install.Directory, "1.0"));
        Assert.True(File.Exists($"{_install.Directory}/current/other"));
        Assert.False(Directory.Exists($"{_install.Directory}/current/bin"));
    }

    [Fact]
    public async Task Only_a_link_is_replaced()
    {
        Directory.CreateDirectory($"{_install.Directory}/current");
        Assert.Equal(
            $"{_install.Directory}/current is a directory, not a symbolic link to a version; move it away",
            await _install.RefuseAsync(_install.Plan("1.0")));
        Directory.Delete($"{_install.Directory}/current");
        await File.WriteAllTextAsync($"{_install.Directory}/current", "x");
        Assert.Equal(
            $"{_install.Directory}/current is a file, not a symbolic link to a version; move it away",
            await _install.RefuseAsync(_install.Plan("1.0")));
    }

    [Fact]
    public async Task A_directory_that_others_can_change_is_refused()
    {
        StepAction.Install plan = _install.Plan("1.0");
        Directory.CreateDirectory(_install.Directory);
        File.SetUnixFileMode(_install.Directory, AllMayWrite);
        Assert.StartsWith(
            $"{_install.Directory} can be changed by users other than the agent's (mode 0777, owner ",
            await _install.RefuseAsync(plan),
            StringComparison.Ordinal);

        Directory.Delete(_install.Directory);
        await File.WriteAllTextAsync(_install.Directory, "a file");
        Assert.Equal($"{_install.Directory} is not a directory; choose another path", (await _install.RunAsync(plan)).Fault);

        StepAction.Install elsewhere = new(plan.Archive, _install.Board["no/opt"], "1.0");
        Assert.Equal(
            $"the directory {_install.Board["no"]} does not exist; create it, or choose another path",
            (await _install.RunAsync(elsewhere)).Fault);
    }

    [Fact]
    public async Task No_link_leads_out_of_a_root_of_the_policy()
    {
        string root = Directory.CreateDirectory(_install.Board["root"]).FullName;
        string outside = Directory.CreateDirectory(_install.Board["outside"]).FullName;
        File.CreateSymbolicLink($"{root}/link", outside);
        _install.Board.Policy = new ExecutionPolicy { TargetRoots = [root], Users = ["root"] };
        StepAction.Install plan = new(_install.Plan("1.0").Archive, $"{root}/link", "1.0");
        string message = $"has a part that is a symbolic link or a file; below {root} the agent follows no links";
        Assert.Equal($"{root}/link {message}", (await _install.RunAsync(plan)).Fault);
        plan = new(plan.Archive, $"{root}/link/opt", "1.0");
        Assert.Equal($"{root}/link {message}", (await _install.RunAsync(plan)).Fault);
        Assert.Empty(Directory.GetFileSystemEntries(outside));

        plan = new(plan.Archive, $"{root}/opt", "1.0");
        StepBoard.AssertGood(await _install.RunAsync(plan));
        plan = new(plan.Archive, outside, "1.0");
        Assert.StartsWith($"the target {outside} is not allowed", (await _install.RunAsync(plan)).Fault, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
    }

    [Fact]
    public async Task A_policy_can_forbid_an_installation_and_its_programs()
    {
        StepAction.Install plan = _install.Plan("1.0") with { Before = ["sh", "-c", "true"] };
        _install.Board.Policy = new ExecutionPolicy { Operations = ["runCommand"], Users = ["root"] };
        Assert.StartsWith("the operation install is not allowed", await _install.RefuseAsync(plan), StringComparison.Ordinal);
        _install.Board.Policy = new ExecutionPolicy { RequiresSignatures = true, Users = ["root"] };
        Assert.Contains(" has no signature, which \"requireSignatures\"", await _install.RefuseAsync(plan), StringComparison.Ordinal);
        _install.Board.Policy = new ExecutionPolicy { Commands = [], TargetRoots = [_install.Board.Path], Users = ["root"] };
        StepPlan step = new() { Name = "install", Action = plan };
        string? denied = _install.Board.Policy.Check(new JobPlan { Steps = [step] }, "/usr/bin:/bin", "/", 0);
        Assert.Contains("'install': the command /usr/bin/sh is not allowed", denied, StringComparison.Ordinal);
        Assert.Contains("bin/sh is not allowed on this board", (await _install.RunAsync(plan)).Fault, StringComparison.Ordinal);
        Assert.Null(_install.Current);

        // A policy for operations and programs does not concern the programs that the agent chooses.
        _install.Board.Policy = new ExecutionPolicy
        {
            Operations = ["install"],
            Commands = [],
            TargetRoots = [_install.Board.Path],
            Users = ["root"],
        };
        await _install.InstallAsync(plan with { Before = [], Units = ["pump.service"] });
    }

    [Fact]
    public async Task The_archive_must_be_a_file_that_only_the_agent_can_change()
    {
        StepAction.Install plan = _install.Plan("1.0");
        await RefuseAsync(_install.Board["none.tar"], "none.tar does not exist; download it in a step before this one");
        await RefuseAsync(_install.Board["data"], "data is a directory; name a file in it");
        File.CreateSymbolicLink(_install.Board["link.tar"], plan.Archive);
        await RefuseAsync(_install.Board["link.tar"], "link.tar is a symbolic link; name the file itself");
        File.SetUnixFileMode(plan.Archive, AllMayWrite);
        await RefuseAsync(
            plan.Archive,
            "can be changed by users other than the agent's (mode 0777, owner root); download it without owner and with a mode");

        async Task RefuseAsync(string archive, string message) => Assert.Contains(
            message, await _install.RefuseAsync(new StepAction.Install(archive, _install.Directory, "1.0")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_checksum_and_the_signature_of_the_archive_are_checked()
    {
        StepAction.Install plan = _install.Plan("1.0");
        string sum = DownloadFixture.Sum(await File.ReadAllBytesAsync(plan.Archive));
        Assert.Equal(
            $"the SHA-256 of {plan.Archive} is {sum} instead of {new string('0', 64)}; nothing is changed",
            await _install.RefuseAsync(plan with { Sha256 = new string('0', 64) }));
        StepAction.Install signed = plan with { Signature = new FileSignature("bm8gc2lnbmF0dXJl", FileSignature.DefaultAlgorithm) };
        Assert.Equal(
            "the signature of the file can't be checked, as the agent has no trusted keys; set trusted_keys; nothing is changed",
            await _install.RefuseAsync(signed));

        _install.TrustedKeys = Directory.CreateDirectory(_install.Board["keys"]).FullName;
        string key = _install.Board["vendor.key"];
        StepBoard.AssertGood(await ShellAsync(
            $"openssl ecparam -name prime256v1 -genkey -noout -out {key} && "
            + $"openssl pkey -in {key} -pubout -out {_install.TrustedKeys}/v.pem && "
            + $"openssl dgst -sha256 -sign {key} -out {_install.Board["sig"]} {plan.Archive}"));
        Assert.StartsWith(
            "the signature of the file is not valid for any of the 1 keys", await _install.RefuseAsync(signed), StringComparison.Ordinal);
        string signature = Convert.ToBase64String(await File.ReadAllBytesAsync(_install.Board["sig"]));
        signed = plan with { Sha256 = sum, Signature = new FileSignature(signature, FileSignature.DefaultAlgorithm) };
        _install.Board.Policy = new ExecutionPolicy { RequiresSignatures = true, Users = ["root"] };
        await _install.InstallAsync(signed);
    }

    [Fact]
    public async Task A_board_without_the_program_says_which_one_is_missing()
    {
        string archive = _install.Archive([0x28, 0xB5, 0x2F, 0xFD]);
        _install.SearchPath = _install.Board["bin"];
        Assert.Equal(
            $"{archive} is compressed with zstd, which the board does not have; install it",
            await _install.RefuseAsync(new StepAction.Install(archive, _install.Directory, "1.0")));
    }

    [Fact]
    public async Task A_disk_without_room_is_found_before_anything_is_written()
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        _install.SpareBytes = long.MaxValue / 2;
        Assert.Equal(
            "no room for the content of the archive: more than the 0 free bytes of the disk; free some",
            await _install.RefuseAsync(_install.Plan("2.0")));
    }

    private async Task<StepResult> ShellAsync(string script)
    {
        StepPlan step = new() { Name = "shell", Action = new StepAction.RunCommand(["sh", "-c", script]) };
        StepResult result = await _install.Board.RunAsync(_install.Board.Processes(), new StepContext("pump-7", "shell", 1, 1, 1, step));
        return result is { End: StepEnd.Exited, Code: 0 } ? result with { End = StepEnd.Returned } : result;
    }
}
