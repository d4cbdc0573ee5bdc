using System.Text.Json.Nodes;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The native agent as a service user, as in the packaged unit, with an empty policy.</summary>
public sealed class ServiceUserTests : CloudTests
{
    [RootFact]
    public async Task An_agent_without_root_runs_handlers_as_its_own_user_and_nothing_as_root()
    {
        string home = Directory.CreateDirectory(Scratch["service"]).FullName;
        File.SetUnixFileMode(Scratch.Path, File.GetUnixFileMode(Scratch.Path) | UnixFileMode.OtherExecute);
        ThingFiles files = new(Thing, CopyTo(home, Files.CaFile), CopyTo(home, Files.Certificate), CopyTo(home, Files.Key));
        string program = CopyTo(home, AgentBinary.X64.Program);
        Directory.CreateDirectory(Path.Combine(home, "handlers"));
        await File.WriteAllTextAsync(Path.Combine(home, "handlers/who.sh"), "#!/bin/sh\necho \"$1,$(id -un)\"\n");
        string config = Scratch.Write("service/config.json", """{ "policy": {} }""");
        await ChildProcess.RunAsync("chown", ["-R", "nobody", home]);
        await ChildProcess.RunAsync("chmod", ["-R", "700", home]);

        JsonObject asRoot = Documents.CommandStep("as root", "id");
        asRoot["runAsUser"] = "root";
        JsonObject forAnother = Documents.HandlerStep("for another", "default", "who.sh");
        forAnother["runAsUser"] = "daemon";
        await Cloud.CreateJobAsync(
            "1-own",
            Thing,
            Documents.Steps(
                Documents.HandlerStep("handler", "default", "who.sh"),
                forAnother,
                Documents.CommandStep("command", "id", "-un")));
        await Cloud.CreateJobAsync(
            "2-root",
            Thing,
            Documents.Steps(Documents.CommandStep("first", "touch", Path.Combine(home, "proof")), asRoot));
        ChildResult result = await ChildProcess.RunAsync(
            "setpriv",
            [
                "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "--", program, "run", "--config", config,
                .. files.FlagsFor(Cloud.Mqtts),
                "--data_dir", Path.Combine(home, "data"), "--handler_dir", Path.Combine(home, "handlers"), "--once",
            ]);
        Assert.True(result.ExitCode == 1, result.ToString());
        ExecutionStatus own = await Cloud.DescribeAsync(Thing, "1-own");
        Assert.Equal(("SUCCEEDED", ",nobody | daemon,nobody | nobody"), (own.Status, own.Detail("stdout")));
        ExecutionStatus root = await Cloud.DescribeAsync(Thing, "2-root");
        Assert.Equal("REJECTED", root.Status);
        Assert.Contains(
            "step 2 of 2 'as root': the user root is not allowed on this board",
            root.Detail("reason"),
            StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(home, "proof")));
    }

    private static string CopyTo(string directory, string file)
    {
        string copy = Path.Combine(directory, Path.GetFileName(file));
        File.Copy(file, copy);
        return copy;
    }
}
