using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The commands of docs/guide/on-aws.md, word for word, against the local cloud.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_commands_for_AWS_IoT_Core_work_with_another_endpoint()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        string[] commands = Section("## Create the thing and connect");
        Assert.Equal(7, commands.Count(command => command.StartsWith("aws iot ", StringComparison.Ordinal)) + commands.Count(command => command.StartsWith("edgejobs policy", StringComparison.Ordinal)));
        string certificate = "";
        string endpoint = "";
        foreach (string command in commands)
        {
            if (command.StartsWith("edgejobs run ", StringComparison.Ordinal))
            {
                await cloud.CreateJobAsync("job", "my-board", Documents.Command("true"));
                string run = command.Replace("ENDPOINT", endpoint, StringComparison.Ordinal) + $" --ca_file {cloud.CaFile} --data_dir agent --once";
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

    // The lines of the section's shell blocks, continued ones joined.
    private static string[] Section(string heading)
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "guide", "on-aws.md"));
        string section = page[page.IndexOf(heading + "\n", StringComparison.Ordinal)..].Split("\n## ")[0];
        string[] blocks = [.. section.Split("```").Where((_, index) => index % 2 == 1)];
        return [.. string.Concat(blocks.Select(block => block[(block.IndexOf('\n', StringComparison.Ordinal) + 1)..])).Replace(" \\\n", " ", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task<string> ShellAsync(string command, CloudProcess cloud)
    {
        string tools = $$"""
            cd '{{_directory.Path}}' || exit 99
            aws() { command aws --endpoint-url {{cloud.Http.ToString().TrimEnd('/')}} "$@"; }
            edgejobs() { '{{AgentBinary.X64.Program}}' "$@"; }
            {{command}}
            """;
        ChildResult result = await ChildProcess.RunAsync(
            "sh",
            ["-c", tools],
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_PAGER", ""),
            ("AWS_CONFIG_FILE", "/dev/null"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"));
        Assert.True(result.ExitCode == 0, $"{command}\n{result.Errors}");
        return result.Output;
    }
}
