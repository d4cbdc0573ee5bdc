using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Linux;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Where a download may write, and what other users can do there.</summary>
public sealed class DownloadTargetTests : IAsyncDisposable
{
    private readonly DownloadFixture _download = new(200_000);

    public ValueTask DisposeAsync() => _download.DisposeAsync();

    [Fact]
    public async Task A_directory_is_rejected_as_the_target()
    {
        Directory.CreateDirectory(_download.Target);
        Assert.Equal($"{_download.Target} is a directory; name a file in it", await _download.FailAsync());
        Assert.Empty(_download.Server.Requests);
    }

    [Theory]
    [InlineData("/dev/null", "/dev/null is a device, not a regular file; choose another path")]
    [InlineData("/nowhere/f", "the directory /nowhere does not exist; create it, or choose another path")]
    [InlineData("/dev/null/f", "/dev/null is not a directory; choose another path")]
    [InlineData("/etc/passwd/f", "/etc/passwd is not a directory; choose another path")]
    public async Task A_target_must_be_a_file_in_a_directory(string target, string fault)
    {
        Assert.Equal(fault, (await _download.RunAsync(new StepAction.Download([_download.Server.Url], target))).Fault);
        Assert.Empty(_download.Server.Requests);
    }

    [Fact]
    public async Task A_link_in_place_of_the_file_is_replaced_and_not_followed()
    {
        string victim = _download.PathOf("victim");
        await File.WriteAllTextAsync(victim, "victim");
        File.CreateSymbolicLink(_download.Target, victim);
        await _download.SucceedAsync();
        Assert.Equal("victim", await File.ReadAllTextAsync(victim));
        Assert.Null(new FileInfo(_download.Target).LinkTarget);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_in_place_of_the_partial_file_is_not_followed(bool isHard)
    {
        string victim = _download.PathOf("victim");
        await _download.InterruptAsync(after: 100_000);
        string part = Assert.Single(_download.Files);
        if (isHard)
        {
            // Its content would be the file's.
            using System.Diagnostics.Process link = System.Diagnostics.Process.Start("ln", [part, victim]);
            await link.WaitForExitAsync();
            Assert.Equal(0, link.ExitCode);
        }
        else
        {
            File.Move(part, victim);
            File.CreateSymbolicLink(part, victim);
        }

        await _download.SucceedAsync();
        Assert.Equal(100_000, new FileInfo(victim).Length);
        Assert.Equal([0, 0], _download.Server.Starts);
    }

    [RootFact]
    public async Task A_partial_file_of_another_user_is_not_used()
    {
        await _download.InterruptAsync(after: 100_000);
        AsNobody.Give(Assert.Single(_download.Files));
        await _download.SucceedAsync();
        Assert.Equal([0, 0], _download.Server.Starts);
    }

    [RootFact]
    public async Task The_file_gets_its_owner()
    {
        await _download.SucceedAsync(_download.Plan() with { Owner = "nobody" });
        Assert.Equal(0, EdgeJobs.Runtime.Linux.DiskEntry.Read(_download.Target, out EdgeJobs.Runtime.Linux.DiskEntry entry));
        Assert.Equal((uint)AsNobody.User, entry.Owner);
    }

    [RootTheory]
    [InlineData("owner")]
    [InlineData("mode")]
    [InlineData("link")]
    public async Task A_file_that_another_user_can_change_is_replaced_although_it_is_right(string how)
    {
        await File.WriteAllBytesAsync(_download.Target, _download.Content);
        string outside = _download.PathOf("outside");
        switch (how)
        {
            case "owner":
                AsNobody.Give(_download.Target);
                break;
            case "mode":
                File.SetUnixFileMode(_download.Target, (UnixFileMode)0x1B6);
                break;
            default:
                File.Move(_download.Target, outside);
                Assert.Equal(0, Link(outside, _download.Target));
                break;
        }

        await using FileStream open = new(_download.Target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        await _download.SucceedAsync();
        open.WriteByte((byte)~_download.Content[0]);
        await open.FlushAsync();
        _download.AssertWhole();
        Assert.Single(_download.Server.Requests);
    }

    [RootFact]
    public async Task Only_links_of_root_and_of_the_agent_are_followed()
    {
        string real = Directory.CreateDirectory(_download.PathOf("real")).FullName;
        string target = _download.Target;
        File.CreateSymbolicLink(_download.PathOf("own"), "real/../real");
        File.CreateSymbolicLink(_download.PathOf("own-2"), _download.PathOf("own"));
        _download.Target = _download.PathOf("own-2/f");
        await _download.RunAsync();
        Assert.Equal(_download.Content, await File.ReadAllBytesAsync(Path.Combine(real, "f")));
        File.Delete(Path.Combine(real, "f"));

        AsNobody.Give(_download.PathOf("own"));
        StepResult result = await _download.RunAsync();
        Assert.Equal(
            $"{_download.PathOf("own-2")}: 'own' is a symbolic link of user 65534, and the agent follows only its own and those of root",
            result.Fault);
        Assert.Empty(Directory.GetFileSystemEntries(real));
        _download.Target = target;

        File.CreateSymbolicLink(_download.PathOf("loop"), "loop");
        _download.Target = _download.PathOf("loop/f");
        Assert.Contains("loop: can't be opened: ", (await _download.RunAsync()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_that_does_not_exist_is_a_failure() => Assert.Equal(
        "the user 'no-such-user' does not exist on this board; create it, or remove owner from the document",
        await _download.FailAsync(_download.Plan() with { Owner = "no-such-user" }));

    [Fact]
    public async Task Below_a_target_root_no_link_is_followed()
    {
        string root = Path.GetDirectoryName(_download.Target)!;
        string outside = Directory.CreateDirectory(_download.PathOf("outside")).FullName;
        _download.Options = _download.Options with { Policy = new ExecutionPolicy { Users = ["root"], TargetRoots = [root] } };
        Directory.CreateDirectory(Path.Combine(root, "a", "b"));
        await File.WriteAllTextAsync(Path.Combine(root, "file"), "");
        File.CreateSymbolicLink(Path.Combine(root, "link"), outside);
        File.CreateSymbolicLink(Path.Combine(root, "a", "link"), outside);
        foreach (string parent in (string[])["link", "a/link", "file/below", "link/below"])
        {
            _download.Target = Path.Combine(root, parent, "f");
            StepResult result = await _download.RunAsync();
            Assert.Equal(
                $"{root}/{parent} has a part that is a symbolic link or a file; below {root} the agent follows no links",
                result.Fault);
        }

        Assert.Empty(Directory.GetFileSystemEntries(outside));
        _download.Target = Path.Combine(root, "a", "b", "f");
        await _download.SucceedAsync();
    }

    [Fact]
    public async Task A_directory_that_is_exchanged_during_the_download_leads_nowhere()
    {
        string root = Path.GetDirectoryName(_download.Target)!;
        string outside = Directory.CreateDirectory(_download.PathOf("outside")).FullName;
        _download.Options = _download.Options with { Policy = new ExecutionPolicy { Users = ["root"], TargetRoots = [root] } };
        string inner = Directory.CreateDirectory(Path.Combine(root, "inner")).FullName;
        _download.Target = Path.Combine(inner, "f");
        _download.Server.Repeat(1, (request, stream) =>
        {
            Directory.Move(inner, Path.Combine(root, "moved"));
            File.CreateSymbolicLink(inner, outside);
            return _download.Server.ServeAsync(request, stream);
        });
        Assert.Equal(0, (await _download.RunAsync()).Code);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.True(File.Exists(Path.Combine(root, "moved", "f")));
    }

    [Fact]
    public async Task The_policy_covers_hosts_redirects_and_HTTP()
    {
        ExecutionPolicy policy = new() { Users = ["root"], UrlHosts = ["127.0.0.1"] };
        _download.Options = _download.Options with { Policy = policy };
        await _download.SucceedAsync();
        File.Delete(_download.Target);
        _download.Server.Answer(302, "Location: https://localhost:1/secret\r\n");
        Assert.StartsWith(
            "the host localhost is not allowed on this board; to allow it, add it to \"urlHosts\"",
            await _download.FailAsync(),
            StringComparison.Ordinal);
        await using FileServer plain = FileServer.StartPlain(_download.Content);
        foreach (ExecutionPolicy? none in (ExecutionPolicy?[])[policy, null])
        {
            _download.Options = _download.Options with { Policy = none };
            Assert.StartsWith(
                $"the URL {plain.Root}/update.bin is not allowed on this board; use https, or set \"allowHttp\": true",
                await _download.FailAsync(_download.Plan(plain.Url)),
                StringComparison.Ordinal);
        }

        Assert.Empty(plain.Requests);
        _download.Options = _download.Options with { Policy = policy with { AllowsHttp = true } };
        await _download.SucceedAsync(_download.Plan(plain.Url));
    }

    [Fact]
    public async Task A_download_that_does_not_continue_leaves_nothing()
    {
        await _download.InterruptAsync(after: 100_000);
        string first = _download.Target;
        _download.Target = _download.PathOf("files/other.bin");
        await _download.SucceedAsync();
        _download.Target = first;
        File.Delete(_download.PathOf("files/other.bin"));
        await _download.InterruptAsync(after: 100_000);
        new DownloadStepRunner(null!, _download.Options).DiscardLeftover();
        Assert.Empty(_download.Files);
        Assert.False(File.Exists(_download.Record));
    }

    [Fact]
    public async Task A_file_larger_than_the_free_space_is_not_started()
    {
        _download.Server.Answer("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n");
        Assert.StartsWith(
            $"no room for the file in {Path.GetDirectoryName(_download.Target)}: 1000000000000000 bytes are needed, and ",
            await _download.FailAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_leaves_no_partial_file()
    {
        string disk = Directory.CreateDirectory(_download.PathOf("disk")).FullName;
        if (!SmallDisk.TryMount(disk))
        {
            return;
        }

        using SmallDisk mounted = new(disk);
        _download.Target = Path.Combine(disk, "f");
        foreach ((long spare, string fault) in ((long, string)[])[
            (0, "no room for the rest of the file, whose size the server does not state; free some"),
            (-10_000_000, $"no space is left on the disk of {disk}; free some")])
        {
            _download.Options = _download.Options with { SpareBytes = spare };
            string body = $"200000\r\n{new string('x', 0x200000)}\r\n0\r\n\r\n";
            _download.Server.Answer($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
            Assert.Equal(fault, await _download.FailAsync());
        }
    }

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);
}
