using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// Plants secrets in each place of a job and a configuration that can hold one, then searches all output for them.
/// </summary>
public sealed class SecretsTests : IDisposable
{
    private const string Thing = "board-1";
    private const string Signature = "5ec4e75160a7b3";
    private const string Credential = "AKIA5ec4e7c4ed";
    private const string Password = "5ec4e7pa55";
    private const string EnvironmentValue = "5ec4e7e6v";
    private const string Url =
        "https://bucket.s3.eu-central-1.amazonaws.com/fw.bin?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + $"&X-Amz-Credential={Credential}%2F20261123&X-Amz-Signature={Signature}";

    private readonly TestDirectory _directory = new();

    private string Data => _directory["agent"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task No_secret_of_a_job_is_sent_or_logged()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ThingFiles files = await cloud.CreateThingAsync(Thing);
        Dictionary<string, string> jobs = Jobs(files);
        foreach ((string id, string document) in jobs)
        {
            await cloud.CreateJobAsync(id, Thing, document);
        }

        // The agent is killed during one more job, and runs it again after its restart.
        await cloud.CreateJobAsync(
            "z-crash",
            Thing,
            Documents.Command("sh", "-c", $"if [ -e {_directory["again"]} ]; then exit 1; fi; touch {_directory["again"]}; sleep 60", Url));
        string[] run = ["run", .. files.FlagsFor(cloud.Mqtts), "--data_dir", Data, "--log_level", "debug", "--keep_jobs", "50"];
        StringBuilder printed = new();
        await using (ChildProcess agent = AgentBinary.X64.Start(run))
        {
            await agent.WaitForFileAsync(_directory["again"]);
            printed.Append(await StatusAsync());
            await agent.KillAsync();
            printed.Append(agent.Output).Append(agent.Errors);
        }

        ChildResult second = await AgentBinary.X64.RunAsync([.. run, "--once"]);
        printed.Append(second.Output).Append(second.Errors).Append(await StatusAsync()).Append(cloud.Log);
        foreach (string id in (string[])[.. jobs.Keys, "z-crash"])
        {
            ExecutionStatus ended = await cloud.DescribeAsync(Thing, id);
            Assert.True(ended.Status is "FAILED" or "REJECTED", $"{ended}\n{second.Errors}");
            printed.Append(ended);
        }

        AssertClean(printed.ToString(), files, "the output of the processes");
        foreach (string file in Directory.GetFiles(Data, "*", SearchOption.AllDirectories))
        {
            string text = await File.ReadAllTextAsync(file);
            bool isOwn = Path.GetExtension(file) is ".stdout" or ".stderr"
                || Path.GetFileName(file).StartsWith("journal", StringComparison.Ordinal);
            if (!isOwn)
            {
                AssertClean(text, files, file);
            }

            // The output of steps and the journal hold secrets: only the user of the agent may read them.
            Assert.True(
                !isOwn || File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite),
                $"{file}: {File.GetUnixFileMode(file)}");
        }

        Assert.Contains(
            Signature,
            await File.ReadAllTextAsync(Path.Combine(Data, "jobs", "c-output-1", "1.stderr")),
            StringComparison.Ordinal);
        Assert.Contains("fw.bin?***", printed.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "--endpoint", $"https://operator:{Password}@broker.example?X-Amz-Signature={Signature}")]
    [InlineData("run", "--log_level", $"http://operator:{Password}@proxy:3128")]
    [InlineData("run", "--config", $"/nowhere/http://operator:{Password}@proxy:3128")]
    [InlineData("doctor", "--endpoint", $"https://operator:{Password}@broker.example?X-Amz-Signature={Signature}")]
    [InlineData("status", "--data_dir", $"http://operator:{Password}@proxy:3128")]
    [InlineData($"https://operator:{Password}@broker.example", "--a", "b")]
    public async Task No_secret_of_a_command_line_is_printed(params string[] arguments)
    {
        ChildResult result = await AgentBinary.X64.RunAsync(arguments);
        Assert.True(result.ExitCode != 0, result.ToString());
        Assert.DoesNotContain(Password, result.Output + result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(Signature, result.Output + result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_proxy_password_is_printed()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ThingFiles files = await cloud.CreateThingAsync(Thing);
        string file = _directory.Write("proxy-password", Password);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string[] run = ["run", .. files.FlagsFor(cloud.Mqtts), "--data_dir", Data, "--log_level", "debug", "--once"];
        (string[] Arguments, (string, string)[] Environment)[] ways =
        [
            // Nothing listens on port 1; the other ports and schemes are invalid.
            (["--proxy", $"http://operator:{Password}@127.0.0.1:1"], []),
            (["--proxy", $"http://operator:{Password}@127.0.0.1:99999"], []),
            (["--proxy", $"ftp://operator:{Password}@127.0.0.1:1"], []),
            (["--proxy", "http://operator@127.0.0.1:1", "--proxy_password_file", file], []),
            ([], [("https_proxy", $"http://operator:{Password}@127.0.0.1:1"), ("no_proxy", "")]),
            ([], [("https_proxy", $"gopher://operator:{Password}@127.0.0.1:1"), ("no_proxy", "")]),
        ];
        foreach ((string[] arguments, (string, string)[] environment) in ways)
        {
            foreach (string command in (string[])["run", "doctor"])
            {
                ChildResult result = await AgentBinary.X64.RunAsync(
                    [command, .. run[1..(command == "run" ? run.Length : ^1)], .. arguments],
                    environment);
                Assert.DoesNotContain(Password, result.Output + result.Errors, StringComparison.Ordinal);
                Assert.DoesNotContain(
                    Convert.ToBase64String(Encoding.UTF8.GetBytes($"operator:{Password}")),
                    result.Output + result.Errors,
                    StringComparison.Ordinal);
            }
        }
    }

    // Each place that can hold a secret. All of these jobs fail.
    private Dictionary<string, string> Jobs(ThingFiles files)
    {
        string handlers = _directory["handlers"];
        Directory.CreateDirectory(handlers, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string handler = Path.Combine(handlers, "fetch.sh");
        File.WriteAllText(handler, "#!/bin/sh\nexit 7\n");
        File.SetUnixFileMode(handler, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        JsonObject output = Documents.CommandStep(
            "print", "sh", "-c", $"echo \"GET $FROM\" >&2; echo \"from $FROM to $FROM.\"; cat {files.Key} >&2; exit 3");
        output["environment"] = new JsonObject { ["FROM"] = Url, ["TOKEN"] = EnvironmentValue };
        JsonObject directory = Documents.CommandStep("directory", "true");
        directory["workingDirectory"] = Url;
        JsonObject name = Documents.CommandStep($"fetch {Url}", "false");
        JsonObject badEnvironment = Documents.CommandStep("environment", "true");
        badEnvironment["environment"] = new JsonObject { ["EDGEJOBS_TOKEN"] = EnvironmentValue, ["FROM"] = new JsonArray(Url) };
        return new()
        {
            ["a-handler"] = Documents.Steps(Documents.HandlerStep("fetch", handlers, "fetch.sh", Url, "--password", Password)),
            ["b-no-handler"] = Documents.Steps(Documents.HandlerStep("fetch", handlers, "gone.sh", Url)),
            ["c-output"] = Documents.Steps(output),
            ["d-program"] = Documents.Steps(Documents.CommandStep("program", Url, Password)),
            ["e-space"] = Documents.Steps(Documents.CommandStep("space", $"deploy --password={Password} {Url}")),
            ["f-directory"] = Documents.Steps(directory),
            ["g-name"] = Documents.Steps(name),
            ["h-operation"] = new JsonObject { ["operation"] = Url, ["args"] = new JsonArray(Password) }.ToJsonString(),
            ["i-malformed"] = $$$"""
                {"version":"1.0","steps":[{"action":{"name":"{{{Url}}}","type":"runCommand","input":{"command":{"url":"{{{Url}}}"} } } }]}
                """,
            ["j-environment"] = Documents.Steps(badEnvironment),
            ["k-version"] = $$"""{"version":"{{Url}}","steps":[]}""",
        };
    }

    private async Task<string> StatusAsync()
    {
        ChildResult text = await AgentBinary.X64.RunAsync(["status", "--data_dir", Data]);
        ChildResult json = await AgentBinary.X64.RunAsync(["status", "--data_dir", Data, "--json"]);
        Assert.True(text.ExitCode == 0 && json.ExitCode == 0, text.ToString() + json);
        using JsonDocument read = JsonDocument.Parse(json.Output);
        return text.Output + json.Output;
    }

    private static void AssertClean(string text, ThingFiles files, string where)
    {
        string key = File.ReadAllLines(files.Key)[1];
        foreach (string secret in (string[])[Signature, Credential, Password, EnvironmentValue, key, key[^20..], "clientToken"])
        {
            int found = text.IndexOf(secret, StringComparison.Ordinal);
            Assert.True(found < 0, found < 0 ? "" : $"{where}: {text[Math.Max(0, found - 200)..Math.Min(text.Length, found + 50)]}");
        }
    }
}
