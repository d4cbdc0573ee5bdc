using System.Text.Json.Nodes;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The Debian package, built from the native binary for x64.</summary>
public sealed class DebianPackageTests(DebianPackageTests.Package package) : IClassFixture<DebianPackageTests.Package>
{
    [Fact]
    public async Task Lintian_has_no_complaint()
    {
        ChildResult result = await RunAsync("lintian", ["--fail-on", "error,warning", "--allow-root", .. package.Files]);
        Assert.True(result.ExitCode == 0 && result.Output.Length == 0, result.ToString());
    }

    [Fact]
    public async Task The_package_has_these_files_of_root()
    {
        ChildResult result = await ChildProcess.RunAsync("dpkg-deb", ["--contents", package.Main]);
        string[][] entries = [.. result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))];
        Assert.All(entries, entry => Assert.Equal("root/root", entry[1]));
        Assert.Equal(
            """
            -rw-r--r-- ./etc/edgejobs/edgejobs.json
            -rwxr-xr-x ./etc/edgejobs/handlers/download-file.sh
            -rwxr-xr-x ./etc/edgejobs/handlers/health-check.sh
            -rwxr-xr-x ./etc/edgejobs/handlers/install-packages.sh
            -rwxr-xr-x ./etc/edgejobs/handlers/reboot.sh
            -rwxr-xr-x ./etc/edgejobs/handlers/remove-packages.sh
            -rwxr-xr-x ./etc/edgejobs/handlers/restart-services.sh
            -rwxr-xr-x ./etc/edgejobs/handlers/start-services.sh
            -rwxr-xr-x ./etc/edgejobs/handlers/stop-services.sh
            -rw-r--r-- ./lib/systemd/system/edgejobs.service
            -rwxr-xr-x ./usr/bin/edgejobs
            -rw-r--r-- ./usr/lib/sysusers.d/edgejobs.conf
            -rw-r--r-- ./usr/lib/tmpfiles.d/edgejobs.conf
            -rw-r--r-- ./usr/share/bash-completion/completions/edgejobs
            -rw-r--r-- ./usr/share/doc/edgejobs/THIRD-PARTY-NOTICES.gz
            -rw-r--r-- ./usr/share/doc/edgejobs/changelog.gz
            -rw-r--r-- ./usr/share/doc/edgejobs/copyright
            -rw-r--r-- ./usr/share/doc/edgejobs/examples/rauc/confirm-image.sh
            -rw-r--r-- ./usr/share/doc/edgejobs/examples/rauc/return-image.sh
            -rw-r--r-- ./usr/share/doc/edgejobs/examples/rauc/switch-image.sh
            -rw-r--r-- ./usr/share/doc/edgejobs/examples/rauc/write-image.sh
            -rw-r--r-- ./usr/share/edgejobs/edgejobs.schema.json
            -rw-r--r-- ./usr/share/edgejobs/root-jobs.conf
            -rw-r--r-- ./usr/share/fish/vendor_completions.d/edgejobs.fish
            -rw-r--r-- ./usr/share/man/man1/edgejobs.1.gz
            -rw-r--r-- ./usr/share/man/man5/edgejobs.json.5.gz
            -rw-r--r-- ./usr/share/zsh/vendor-completions/_edgejobs
            """,
            string.Join('\n', entries.Where(entry => entry[0][0] != 'd').Select(entry => $"{entry[0]} {entry[5]}")));
    }

    [Fact]
    public async Task The_same_source_gives_the_same_package()
    {
        using TestDirectory again = new();
        await Package.BuildAsync(again.Path, ("TZ", "Asia/Tokyo"));
        foreach (string file in package.Files)
        {
            Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(again[Path.GetFileName(file)]));
        }
    }

    [Fact]
    public async Task The_program_needs_the_C_library_of_Debian_11_at_most()
    {
        ChildResult depends = await ChildProcess.RunAsync("dpkg-deb", ["--field", package.Main, "Depends"]);
        Assert.Contains("libc6 (>= 2.31), ", depends.Output, StringComparison.Ordinal);
        foreach (string rid in (string[])["linux-x64", "linux-arm64"])
        {
            ChildResult versions = await ChildProcess.RunAsync(
                "readelf", ["--wide", "--version-info", Repository.PathOf("artifacts", rid, "edgejobs")]);
            Version[] needed = [.. versions.Output.Split("GLIBC_").Skip(1)
                .Select(text => new string([.. text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]).TrimEnd('.'))
                .Where(text => text.Contains('.', StringComparison.Ordinal))
                .Select(Version.Parse)];
            Assert.NotEmpty(needed);
            Assert.All(needed, version => Assert.True(version <= new Version(2, 31), $"{rid} needs GLIBC_{version}"));
        }
    }

    [Fact]
    public async Task The_program_runs_a_job_with_the_C_library_and_the_OpenSSL_of_Debian_11()
    {
        const string Thing = "board-11";
        using TestDirectory directory = new();
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ThingFiles files = await cloud.CreateThingAsync(Thing);
        await cloud.CreateJobAsync("old", Thing, Documents.Command("echo", "done"));
        string sysroot = Repository.PathOf("artifacts", "sysroot-debian11-amd64");

        ChildResult result = await ChildProcess.RunAsync(
            Path.Combine(sysroot, "lib64", "ld-linux-x86-64.so.2"),
            [
                "--library-path", $"{sysroot}/lib/x86_64-linux-gnu:{sysroot}/usr/lib/x86_64-linux-gnu", AgentBinary.X64.Program,
                "run", .. files.FlagsFor(cloud.Mqtts), "--data_dir", directory["agent"], "--once",
            ]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync(Thing, "old")).Status);
    }

    [RootFact]
    public async Task It_is_installed_upgraded_downgraded_removed_and_purged()
    {
        using TestDirectory directory = new();
        await RunInCopyOfRootAsync("deb-lifecycle.sh", directory);
    }

    /// <summary>
    /// Under systemd: not started before it is configured, runs a job, continues one after an upgrade, is restarted by the watchdog, and
    /// is gone after a purge.
    /// </summary>
    [RootFact]
    public async Task The_service_runs_under_systemd()
    {
        using TestDirectory directory = new();
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ThingFiles files = await cloud.CreateThingAsync("board-1");
        string board = PrepareBoard(directory, cloud, files);
        await cloud.CreateJobAsync("first", "board-1", Documents.Command("sh", "-c", "id -un; touch /etc/x || echo read-only"));
        await cloud.CreateJobAsync(
            "second", "board-1", Documents.Command("sh", "-c", "echo run >> runs; until [ -e go ]; do sleep 0.2; done"));

        await RunInCopyOfRootAsync("deb-service.sh", directory, board);

        ExecutionStatus first = await cloud.DescribeAsync("board-1", "first");
        Assert.Equal(("SUCCEEDED", "edgejobs | read-only"), (first.Status, first.Detail("stdout")));
        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync("board-1", "second")).Status);
    }

    /// <summary>Under systemd, with jobs as root: the end of the agent does not end dpkg, and the step continues.</summary>
    [RootFact]
    public async Task A_job_installs_a_package_that_restarts_the_agent()
    {
        using TestDirectory directory = new();
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        string board = PrepareBoard(directory, cloud, await cloud.CreateThingAsync("board-1"));
        const string Script =
            "echo begin >> /var/lib/pump-script; systemctl --no-block restart edgejobs; sleep 3; echo end >> /var/lib/pump-script";
        PackageRoot packages = new(Directory.CreateDirectory(directory["pump"]).FullName, hasApt: false);
        string pump = await packages.PackAsync("1.0", ("postinst", Script));
        File.Copy(pump, Path.Combine(board, "pump.deb"));
        JsonObject install = new() { ["package"] = "/test/board/pump.deb" };
        await cloud.CreateJobAsync(
            "install",
            "board-1",
            Documents.Steps(new JsonObject { ["name"] = "install", ["type"] = "install", ["input"] = install }));

        await RunInCopyOfRootAsync("deb-install.sh", directory, board);

        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync("board-1", "install")).Status);
    }

    private static string PrepareBoard(TestDirectory directory, CloudProcess cloud, ThingFiles files)
    {
        string board = Directory.CreateDirectory(directory["board"]).FullName;
        File.Copy(files.CaFile, Path.Combine(board, "ca.pem"));
        File.Copy(files.Certificate, Path.Combine(board, "thing.pem"));
        File.Copy(files.Key, Path.Combine(board, "thing.key"));
        directory.Write("board/edgejobs.json", $$"""
            {
              "endpoint": "localhost:{{cloud.Mqtts.Port}}", "thing_name": "board-1", "ca_file": "/etc/edgejobs/ca.pem",
              "cert": "/etc/edgejobs/thing.pem", "key": "/etc/edgejobs/thing.key", "stop_grace": 1
            }
            """);
        return board;
    }

    /// <summary>Runs a script of this directory with the package and a later version of it.</summary>
    private async Task RunInCopyOfRootAsync(string script, TestDirectory directory, params string[] arguments)
    {
        string newer = Directory.CreateDirectory(directory["newer"]).FullName;
        await ChildProcess.RunAsync("dpkg-deb", ["--raw-extract", package.Main, newer]);
        string control = Path.Combine(newer, "DEBIAN", "control");
        string[] lines = await File.ReadAllLinesAsync(control);
        lines[Array.FindIndex(lines, line => line.StartsWith("Version: ", StringComparison.Ordinal))] = "Version: 99.0";
        await File.WriteAllLinesAsync(control, lines);
        await ChildProcess.RunAsync("dpkg-deb", ["-Znone", "--build", newer, directory["newer.deb"]]);

        ChildResult result = await RunAsync(
            "unshare",
            [
                "--mount", "--propagation", "private", "sh", Path.Combine(AppContext.BaseDirectory, script),
                Directory.CreateDirectory(directory["root"]).FullName, package.Main, directory["newer.deb"], .. arguments,
            ]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    // Compressing and checking packages takes long on a machine that does much else.
    private static async Task<ChildResult> RunAsync(
        string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        await using ChildProcess child = ChildProcess.Start(program, arguments, environment);
        return await child.WaitForExitAsync(TimeSpan.FromMinutes(4));
    }

    /// <summary>The packages, built once.</summary>
    public sealed class Package : IAsyncLifetime
    {
        private readonly TestDirectory _directory = new();

        public string[] Files { get; private set; } = [];

        public string Main => Files[1];

        public static async Task BuildAsync(string output, params (string Name, string Value)[] environment)
        {
            ChildResult result = await RunAsync(
                Repository.PathOf("packaging", "build-deb.sh"),
                ["--arch", "amd64", "--binary", Path.GetDirectoryName(AgentBinary.X64.Program)!, "--output", output],
                environment);
            Assert.True(result.ExitCode == 0, result.ToString());
        }

        public async Task InitializeAsync()
        {
            await BuildAsync(_directory.Path);
            string version = (await File.ReadAllTextAsync(Repository.PathOf("VERSION"))).Trim();
            Files = [_directory[$"edgejobs-dbgsym_{version}_amd64.deb"], _directory[$"edgejobs_{version}_amd64.deb"]];
            Assert.All(Files, file => Assert.True(File.Exists(file), file));
        }

        public Task DisposeAsync()
        {
            _directory.Dispose();
            return Task.CompletedTask;
        }
    }
}
