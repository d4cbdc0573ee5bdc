using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>A board of an AWS IoT Device Client changes its agent: the same files, handlers and job documents.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Handlers_of_a_device_client_run_with_the_migrated_settings()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ThingFiles thing = await cloud.CreateThingAsync("pump-7");

        // As the Device Client's own handlers: the user is the first argument, the rest are words that it splits itself.
        Directory.CreateDirectory(_directory["jobs"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        AddHandler("list.sh", """
            #!/usr/bin/env sh
            set -e
            user=$1
            shift 1
            names=$@
            echo "count=$# user=[$user] names=[$names]"
            [ "$1" = "two words" ] || exit 1
            """);
        AddHandler("legacy.sh", """
            #!/usr/bin/env sh
            echo "count=$# first=[$1] second=[$2]"
            """);
        string client = _directory.Write("client.json", new JsonObject
        {
            ["endpoint"] = $"localhost:{cloud.Mqtts.Port}",
            ["cert"] = thing.Certificate,
            ["key"] = thing.Key,
            ["root-ca"] = thing.CaFile,
            ["thing-name"] = thing.Name,
            ["logging"] = new JsonObject { ["level"] = "DEBUG", ["type"] = "STDOUT" },
            ["jobs"] = new JsonObject { ["enabled"] = true, ["handler-directory"] = _directory["jobs"] },
        }.ToJsonString());
        ChildResult migrate = await AgentBinary.X64.RunAsync(["migrate", client, "--output", _directory["edgejobs.json"]]);
        Assert.True(migrate.ExitCode == 0, migrate.ToString());
        Assert.Contains("set     jobs.handler-directory: handler_dir; ", migrate.Output, StringComparison.Ordinal);

        await cloud.CreateJobAsync("absent", thing.Name, Document(null));
        await cloud.CreateJobAsync("user", thing.Name, Document("nobody"));
        await cloud.CreateJobAsync("legacy", thing.Name, """
            { "operation": "legacy.sh", "args": ["a b", "c"], "path": "default", "includeStdOut": "true" }
            """);
        ChildResult run = await AgentBinary.X64.RunAsync(
            ["run", "--config", _directory["edgejobs.json"], "--data_dir", _directory["data"], "--once"]);
        Assert.True(run.ExitCode == 0, run.ToString());
        await AssertOutputAsync("absent", "count=2 user=[] names=[two words -y]");
        await AssertOutputAsync("user", "count=2 user=[nobody] names=[two words -y]");
        await AssertOutputAsync("legacy", "count=2 first=[a b] second=[c]");

        async Task AssertOutputAsync(string job, string expected)
        {
            ExecutionStatus status = await cloud.DescribeAsync(thing.Name, job);
            Assert.True(status.Status == "SUCCEEDED", status.ToString());
            Assert.Equal(expected, status.Details["stdout"].Trim());
        }
    }

    private static string Document(string? user)
    {
        JsonObject step = Documents.HandlerStep("List", "default", "list.sh", "two words", "-y");
        if (user is not null)
        {
            step["runAsUser"] = user;
        }

        return Documents.Steps(step);
    }

    private void AddHandler(string name, string script) => File.SetUnixFileMode(
        _directory.Write("jobs/" + name, script),
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
}
