using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>A native agent that runs as a service user, as the packaged unit has it, with an empty policy.</summary>
public sealed class ServiceUserTests : IAsyncLifetime
{
    private const string Thing = "board-1";
    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;
    private ThingFiles _files = null!;

    public async Task InitializeAsync()
    {
        _cloud = await CloudProcess.StartAsync();
        _files = await _cloud.CreateThingAsync(Thing);
    }

    public async Task DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task An_agent_that_is_not_root_runs_handlers_as_its_own_user_and_nothing_as_root()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // Only root can start an agent as another user.
            return;
        }

        string home = Directory.CreateDirectory(_directory["service"]).FullName;
        File.SetUnixFileMode(_directory.Path, File.GetUnixFileMode(_directory.Path) | UnixFileMode.OtherExecute);
        ThingFiles files = new(Thing, CopyTo(home, _files.CaFile), CopyTo(home, _files.Certificate), CopyTo(home, _files.Key));
        string program = CopyTo(home, AgentBinary.X64.Program);
        Directory.CreateDirectory(Path.Combine(home, "handlers"));
        await File.WriteAllTextAsync(Path.Combine(home, "handlers/who.sh"), "#!/bin/sh\necho \"$1,$(id -un)\"\n");
        string config = _directory.Write("service/config.json", """{ "policy": {} }""");
        await ChildProcess.RunAsync("chown", ["-R", "nobody", home]);
        await ChildProcess.RunAsync("chmod", ["-R", "700", home]);

        JsonObject asRoot = Documents.CommandStep("as root", "id");
        asRoot["runAsUser"] = "root";
        JsonObject forAnother = Documents.HandlerStep("for another", "default", "who.sh");
        forAnother["runAsUser"] = "daemon";
        await _cloud.CreateJobAsync("1-own", Thing, Documents.Steps(Documents.HandlerStep("handler", "default", "who.sh"), forAnother, Documents.CommandStep("command", "id", "-un")));
        await _cloud.CreateJobAsync("2-root", Thing, Documents.Steps(Documents.CommandStep("first", "touch", Path.Combine(home, "proof")), asRoot));
        ChildResult result = await ChildProcess.RunAsync(
            "setpriv",
            ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--", program, "run", "--config", config, .. files.FlagsFor(_cloud.Mqtts),
                "--data_dir", Path.Combine(home, "data"), "--handler_dir", Path.Combine(home, "handlers"), "--once"]);
        Assert.True(result.ExitCode == 1, result.ToString());
        ExecutionStatus own = await _cloud.DescribeAsync(Thing, "1-own");
        Assert.Equal(("SUCCEEDED", ",nobody | daemon,nobody | nobody"), (own.Status, own.Detail("stdout")));
        ExecutionStatus root = await _cloud.DescribeAsync(Thing, "2-root");
        Assert.Equal("REJECTED", root.Status);
        Assert.Contains("step 2 of 2 'as root': the user root is not allowed on this board", root.Detail("reason"), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(home, "proof")));
    }

    private static string CopyTo(string directory, string file)
    {
        string copy = Path.Combine(directory, Path.GetFileName(file));
        File.Copy(file, copy);
        return copy;
    }
}
