using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The jobs that each native binary runs, with their expected outcomes. The same for every broker.</summary>
internal sealed class JobScenarios(CloudProcess cloud, TestDirectory directory, string thing)
{
    /// <summary>Queues one job of each kind, in the order in which they must run.</summary>
    public async Task CreateAsync()
    {
        directory.Write("order", "");
        await cloud.CreateJobAsync("1-output", thing, Documents.Steps(
            Note("1-output"),
            Documents.CommandStep("say it", "echo", "Hello, edge"),
            Documents.CommandStep("say more", "printf", "%s|%s\n", "a b", "c,d")));
        await cloud.CreateJobAsync("2-failure", thing, Documents.Steps(
            Note("2-failure"),
            Documents.CommandStep("Read the settings", "sh", "-c", "echo settings are gone >&2; exit 3"),
            Documents.CommandStep("never reached", "touch", directory["unreachable"])));
        await cloud.CreateJobAsync("3-rejected", thing, """
            {"version":"1.0","steps":[{"action":{"name":"Turn lead into gold","type":"runAlchemy","input":{"command":"lead,gold"}}}]}
            """);
        await cloud.CreateJobAsync("4-handler", thing, Documents.Steps(
            Note("4-handler"),
            Documents.HandlerStep("call the handler", Handlers(), "greet.sh", "first argument", "second")));
        await cloud.CreateJobAsync("5-signal", thing, Documents.Steps(
            Note("5-signal"),
            Documents.CommandStep("die", "sh", "-c", "kill -SEGV $$")));
    }

    public async Task AssertOutcomesAsync()
    {
        ExecutionStatus output = await EndOfAsync("1-output", "SUCCEEDED");
        Assert.Contains("Hello, edge", output.Detail("stdout"), StringComparison.Ordinal);
        Assert.Contains("a b|c,d", output.Detail("stdout"), StringComparison.Ordinal);

        ExecutionStatus failure = await EndOfAsync("2-failure", "FAILED");
        Assert.Contains("Read the settings", failure.Detail("reason"), StringComparison.Ordinal);
        Assert.Contains("3", failure.Detail("reason"), StringComparison.Ordinal);
        Assert.Contains("settings are gone", failure.Detail("stderr"), StringComparison.Ordinal);
        Assert.False(File.Exists(directory["unreachable"]), "a step after the failed one has run");

        ExecutionStatus rejected = await EndOfAsync("3-rejected", "REJECTED");
        Assert.Contains("runAlchemy", rejected.Detail("reason"), StringComparison.Ordinal);

        ExecutionStatus handler = await EndOfAsync("4-handler", "SUCCEEDED");
        Assert.Contains("<><first argument><second>", handler.Detail("stdout"), StringComparison.Ordinal);

        // A step killed by a signal fails; an exit code is not a signal.
        ExecutionStatus signal = await EndOfAsync("5-signal", "FAILED");
        Assert.Contains("SIGSEGV", signal.Detail("reason"), StringComparison.Ordinal);

        Assert.Equal(["1-output", "2-failure", "4-handler", "5-signal"], await File.ReadAllLinesAsync(directory["order"]));
    }

    private async Task<ExecutionStatus> EndOfAsync(string jobId, string status)
    {
        ExecutionStatus now = await cloud.DescribeAsync(thing, jobId);
        Assert.True(now.Status == status, $"expected {status}: {now}");
        return now;
    }

    // Appends a line, which shows the order of the jobs.
    private JsonObject Note(string jobId) => Documents.CommandStep("note", "sh", "-c", $"echo {jobId} >> {directory["order"]}");

    private string Handlers()
    {
        string handlers = directory["handlers"];
        Directory.CreateDirectory(handlers, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string handler = Path.Combine(handlers, "greet.sh");

        // The first argument is the user to run as; empty when the document has none.
        File.WriteAllText(handler, "#!/bin/sh\nprintf '<%s>' \"$@\"\necho\n");
        File.SetUnixFileMode(handler, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return handlers;
    }
}
