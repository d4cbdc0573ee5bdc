using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.EndToEnd.Tests;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>A job that updates the board, and what must be true after it and after each power cut in it.</summary>
/// <param name="number">Its number, from 1; its kind follows from it.</param>
internal sealed class UpdateCutJob(int number)
{
    private const string Archive = "/var/lib/pump/update.tar.gz";
    private const string Versions = "/var/lib/pump/app";
    private const int FileCount = 20;
    private const int FileBytes = 50_000;

    /// <summary>The kinds of jobs, in their order.</summary>
    internal enum Kind
    {
        /// <summary>Downloads an archive, installs it and is healthy.</summary>
        Install,

        /// <summary>Updates the agent.</summary>
        UpdateAgent,

        /// <summary>Downloads an archive, installs it, is not healthy and goes back.</summary>
        GoBack,

        /// <summary>Updates the agent to a version that crashes.</summary>
        BrokenAgent,

        /// <summary>Reboots the board.</summary>
        Reboot,
    }

    /// <summary>The directory of what the jobs install.</summary>
    public const string Directory = "/var/lib/pump";

    /// <summary>The file with a line for each end of a job.</summary>
    public const string Lines = Directory + "/lines";

    /// <summary>Prints each part of an update that is neither old nor new.</summary>
    public static string CheckProgram =>
        $"""
        #!/bin/sh
        cd {Directory}
        [ ! -e {Archive} ] || gzip --test {Archive} || echo "the downloaded file is not whole"
        for version in app/[0-9]*; do
          (cd $version && sha256sum --check --quiet --strict sums && [ $(ls | wc --lines) = {FileCount + 1} ]) \
            || echo "$version is not whole"
        done
        [ -f app/current/sums ] || echo "current names no version: $(readlink app/current)"
        for program in /var/lib/edgejobs/agent/[0-9]*/edgejobs; do
          [ ! -e $program ] || grep --quiet $(sha256sum < $program | cut --bytes 1-64) {Directory}/programs || echo "$program is not whole"
        done
        """;

    public Kind What { get; } = (Kind)(number % Enum.GetValues<Kind>().Length);

    public string Id { get; } = string.Create(CultureInfo.InvariantCulture, $"update-cut-{number}");

    private string Version { get; } = string.Create(CultureInfo.InvariantCulture, $"{number}.0");

    /// <summary>The job document.</summary>
    public async Task<string> MakeAsync(InstalledBoard installed, TestDirectory scratch)
    {
        JsonObject end = Documents.CommandStep("note", "sh", "-c", $"echo {Id} >> {Lines} && sync {Lines}");
        end["alwaysRun"] = true;
        return Documents.Steps(What switch
        {
            Kind.Install => [.. await InstallAsync(installed, scratch, isHealthy: true), end],
            Kind.GoBack => [.. await InstallAsync(installed, scratch, isHealthy: false), end],
            Kind.UpdateAgent => [AgentVersions.UpdateToNext(installed), end],
            Kind.BrokenAgent => [AgentVersions.UpdateToBroken(installed, "exit 1"), end],
            _ => [Documents.Step("reboot", []), end],
        });
    }

    /// <summary>Compares the end of the job with the board.</summary>
    /// <param name="end">The execution.</param>
    /// <param name="board">The board.</param>
    /// <param name="before">The current version before the job.</param>
    /// <returns>The current version after it.</returns>
    public async Task<string> CheckAsync(ExecutionStatus end, Board board, string before)
    {
        string reason = end.Detail("reason");
        string current = await board.RunAsync($"readlink {Versions}/current");
        string program = await board.RunAsync("readlink /proc/$(systemctl show --property MainPID --value edgejobs)/exe");
        bool isNext = program.Contains($"/agent/{AgentBinary.NextVersion}/", StringComparison.Ordinal);
        bool wasCut = reason.Contains("it started, but ended or did not report to the service", StringComparison.Ordinal);
        bool isRight = What switch
        {
            Kind.Install => end.Status == "SUCCEEDED" && current == Version,
            Kind.GoBack => end.Status == "FAILED" && end.Detail("rollback") == "done" && current == before,
            Kind.UpdateAgent => end.Status == "SUCCEEDED" ? isNext : end.Status == "FAILED" && wasCut && !isNext,
            Kind.BrokenAgent => end.Status == "FAILED" && wasCut && !isNext,
            _ => end.Status == "SUCCEEDED",
        };
        string installed = What is Kind.Install ? Version : before;
        Assert.True(isRight && current == installed, $"{What}: {end}; {current} is current after {before}; {program} runs");

        string count = await board.RunAsync($"grep --count --line-regexp {Id} {Lines} || true");
        int ends = int.Parse(count, CultureInfo.InvariantCulture);
        Assert.True(
            ends == 1 || (ends > 1 && reason.Contains("'note' was interrupted", StringComparison.Ordinal)),
            $"the last step ran {ends} times: {end}");
        return current;
    }

    private async Task<JsonObject[]> InstallAsync(InstalledBoard installed, TestDirectory scratch, bool isHealthy)
    {
        string script = "rm -rf tree && mkdir tree && cd tree"
            + $" && for i in $(seq {FileCount}); do head -c {FileBytes} /dev/urandom > $i; done"
            + " && sha256sum * > ../sums && mv ../sums . && tar -czf ../update.tar.gz .";
        ChildResult packed = await ChildProcess.RunAsync("sh", ["-c", $"cd {scratch.Path} && {script}"]);
        Assert.True(packed.ExitCode == 0, packed.ToString());
        JsonObject download = installed.Serve("update.tar.gz", await File.ReadAllBytesAsync(scratch["update.tar.gz"]));
        JsonObject install = new()
        {
            ["archive"] = Archive,
            ["directory"] = Versions,
            ["version"] = Version,
            ["sha256"] = download["sha256"]!.DeepClone(),
        };
        download["path"] = Archive;
        JsonObject check = Documents.Step(
            "healthCheck", new() { ["command"] = isHealthy ? "true" : "false", ["times"] = 1, ["intervalSeconds"] = 1 });
        if (!isHealthy)
        {
            check["timeoutSeconds"] = 2;
        }

        return [Documents.Step("download", download), Documents.Step("install", install), check];
    }
}
