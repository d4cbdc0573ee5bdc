using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The commands of the guides, word for word apart from ports, against the local cloud.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_commands_of_on_aws_work_with_another_endpoint()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        string[] commands = Commands("on-aws.md", "## Create the thing and connect");
        Assert.Equal(
            7,
            commands.Count(c => c.StartsWith("aws iot ", StringComparison.Ordinal)
            || c.StartsWith("edgejobs policy", StringComparison.Ordinal)));
        string certificate = "";
        string endpoint = "";
        foreach (string command in commands)
        {
            if (command.StartsWith("edgejobs run ", StringComparison.Ordinal))
            {
                await cloud.CreateJobAsync("job", "my-board", Documents.Command("true"));
                string run = command.Replace("ENDPOINT", endpoint, StringComparison.Ordinal)
                    + $" --ca_file {cloud.CaFile} --data_dir agent --once";
                await ShellAsync(run, cloud);
                break;
            }

            string output = await ShellAsync(command.Replace("CERTIFICATE_ARN", certificate, StringComparison.Ordinal), cloud);
            certificate = command.Contains("create-keys-and-certificate", StringComparison.Ordinal) ? output.Trim() : certificate;
            endpoint = command.Contains("describe-endpoint", StringComparison.Ordinal) ? output.Trim() : endpoint;
        }

        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync("my-board", "job")).Status);
        Assert.Contains("arn:aws:iot:", certificate, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_commands_of_getting_started_run_jobs()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        string create = Assert.Single(Commands("getting-started.md", "## 3. Create a thing"));
        string run = Assert.Single(Commands("getting-started.md", "## 4. Start the agent"))
            .Replace("--endpoint localhost ", $"--endpoint localhost:{cloud.Mqtts.Port} ", StringComparison.Ordinal)
                + " --data_dir agent --once";
        string[] job = Commands("getting-started.md", "## 5. Run a job");
        string shown = "";
        foreach (string command in (string[])[create, .. job[..^1], run, job[^1]])
        {
            shown = await ShellAsync(command, cloud);
        }

        foreach (string command in (string[])[.. Commands("getting-started.md", "## 6. Use the AWS CLI"), run])
        {
            await ShellAsync(command.Replace("http://127.0.0.1:8080", cloud.Http.ToString().TrimEnd('/'), StringComparison.Ordinal), cloud);
        }

        Assert.Contains("SUCCEEDED", shown, StringComparison.Ordinal);
        Assert.Contains("stdout: hello", shown, StringComparison.Ordinal);
        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync("my-board", "hello-again")).Status);
    }

    [Fact]
    public async Task The_commands_of_fleet_provisioning_give_a_board_its_identity()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        await ShellAsync(
            Block("fleet-provisioning.md", "## Try it", 0)
                .Replace("--endpoint localhost ", $"--endpoint localhost:{cloud.Mqtts.Port} --once ", StringComparison.Ordinal),
            cloud);
        string shown = await ShellAsync(Block("fleet-provisioning.md", "## Try it", 1), cloud);
        Assert.Contains("QUEUED", shown, StringComparison.Ordinal);

        // Without the claim, as the guide says.
        await ShellAsync(
            "cp claim/ca.pem ca.pem; rm -r claim; edgejobs run --ca_file ca.pem --data_dir board-7 --provisioning_template pumps --once "
                + $"--endpoint localhost:{cloud.Mqtts.Port}",
            cloud);
        Assert.Equal("SUCCEEDED", (await cloud.DescribeAsync("pump-7", "hello")).Status);
    }

    [Fact]
    public async Task The_commands_of_operating_find_and_stop_a_job_and_a_board()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        _directory.Write("update.json", Documents.Command("sh", "-c", "echo broken >&2; exit 3"));
        string run = $"edgejobs run --endpoint localhost:{cloud.Mqtts.Port} --thing_name my-board --cert certs/my-board.pem "
            + "--key certs/my-board.key --ca_file certs/ca.pem --data_dir agent --once";
        await ShellAsync("edgejobs-cloud thing create my-board --out certs; edgejobs-cloud thing create offline --out certs", cloud);
        string counts = await ShellAsync(
            Block("operating.md", "## Roll out", 0).Replace(
                "aws iot create-job",
                "aws iot add-thing-to-thing-group --thing-group-name canary --thing-name offline\naws iot create-job",
                StringComparison.Ordinal),
            cloud);
        Assert.Contains("\"numberOfQueuedThings\": 2", counts, StringComparison.Ordinal);
        await ShellAsync(Block("operating.md", "## Roll out", 1), cloud);
        await ShellAsync(run + " || [ $? = 1 ]", cloud);

        string failed = await ShellAsync(Block("operating.md", "## Which boards failed, and why", 0), cloud);
        Assert.Contains("thing/my-board", failed, StringComparison.Ordinal);
        Assert.Contains("broken", failed, StringComparison.Ordinal);
        await ShellAsync(Block("operating.md", "## Which boards failed, and why", 1), cloud);
        Assert.Equal("CANCELED", (await cloud.DescribeAsync("offline", "update-1-canary")).Status);
        string status = await ShellAsync(
            Block("operating.md", "## On the board", 0)
                .Replace("edgejobs status", "edgejobs status --data_dir agent", StringComparison.Ordinal),
            cloud);
        Assert.Contains("update-1-canary", status, StringComparison.Ordinal);

        string[] revoke = Block("operating.md", "## Incidents", 0).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, revoke.Length);
        string principals = await ShellAsync(revoke[0], cloud);
        string certificate = principals.Split("cert/")[1].Split('"')[0];
        await ShellAsync(revoke[1].Replace("CERTIFICATE_ID", certificate, StringComparison.Ordinal), cloud);
        await ShellAsync($"code=0; {run} || code=$?; [ $code = 4 ]", cloud);
    }

    /// <summary>A shell block of a section, by its number there.</summary>
    internal static string Block(string guide, string heading, int number)
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "guide", guide));
        string section = page[page.IndexOf(heading + "\n", StringComparison.Ordinal)..].Split("\n## ")[0];
        return section.Split("```sh\n")[number + 1].Split("```")[0];
    }

    /// <summary>The lines of the shell blocks of a section; continued lines are joined.</summary>
    private static string[] Commands(string guide, string heading)
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "guide", guide));
        string section = page[page.IndexOf(heading + "\n", StringComparison.Ordinal)..].Split("\n## ")[0];
        string[] blocks = [.. section.Split("```").Where((_, index) => index % 2 == 1)];
        return [.. string.Concat(blocks.Select(block => block[(block.IndexOf('\n', StringComparison.Ordinal) + 1)..]))
            .Replace(" \\\n", " ", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task<string> ShellAsync(string commands, CloudProcess cloud)
    {
        string script = $$"""
            set -e
            cd '{{_directory.Path}}'
            aws() { command aws --endpoint-url {{cloud.Http.ToString().TrimEnd('/')}} "$@"; }
            edgejobs() { '{{AgentBinary.X64.Program}}' "$@"; }
            edgejobs-cloud() { '{{CloudProcess.Program}}' "$@" --http_port {{cloud.Http.Port}}; }
            {{commands}}
            """;
        ChildResult result = await ChildProcess.RunAsync(
            "bash",
            ["-c", script],
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_PAGER", ""),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"));
        Assert.True(result.ExitCode == 0, $"{commands}\n{result.Errors}");
        return result.Output;
    }
}
