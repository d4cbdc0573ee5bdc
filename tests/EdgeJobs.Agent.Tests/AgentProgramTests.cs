using System.Text.Json;
using EdgeJobs.Runtime;
using EdgeJobs.Testing;

namespace EdgeJobs.Agent.Tests;

/// <summary>The commands that need no server. EdgeJobs.EndToEnd.Tests tests <c>run</c> with the native binary.</summary>
public sealed class AgentProgramTests : IDisposable
{
    private const int Done = 0;
    private const int Usage = 2;
    private readonly TestDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _directory.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Theory]
    [InlineData("--help", "edgejobs validate DOCUMENT.json")]
    [InlineData("help", "exit codes")]
    [InlineData("run --help", "--thing_name")]
    [InlineData("validate -h", "Exit codes")]
    [InlineData("policy --help", "--account")]
    [InlineData("--version", "edgejobs 0.")]
    public async Task Help_is_printed_to_stdout(string words, string expected)
    {
        Assert.Equal(Done, await RunAsync(words.Split(' ')));
        Assert.Contains(expected, _output.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task Help_is_printed_to_stderr_without_a_command()
    {
        Assert.Equal(Usage, await RunAsync());
        Assert.Contains("usage:", _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Theory]
    [InlineData("rnu", "rnu")]
    [InlineData("run", "--endpoint")]
    [InlineData("run --endpoint", "--endpoint")]
    [InlineData("run --once=perhaps", "--once")]
    [InlineData("policy --region r --account 12 --thing_name t", "--account")]
    [InlineData("policy --region r --account 123456789012", "--thing_name")]
    [InlineData("policy --region r --account 123456789012 --provisioning_template a/b", "--provisioning_template")]
    [InlineData("policy --region r --account 123456789012 --provisioning_template a --thing_name t", "--thing_name")]
    [InlineData("policy --region r --account 123456789012 --provisioning_template a --provisioning_key mine", "--provisioning_key")]
    [InlineData("validate", "DOCUMENT.json")]
    public async Task A_bad_command_line_prints_one_line_that_names_the_fault(string words, string named)
    {
        Assert.Equal(Usage, await RunAsync(words.Split(' ')));
        string line = Assert.Single(_errors.ToString().TrimEnd('\n').Split('\n'));
        Assert.StartsWith("edgejobs: ", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public async Task Policy_allows_this_thing_and_client_only()
    {
        string[] policyOf = ["policy", "--region", "eu-central-1", "--account", "123456789012", "--thing_name", "pump-7"];
        Assert.Equal(Done, await RunAsync([.. policyOf, "--client-id", "pump-7-agent"]));

        using JsonDocument policy = JsonDocument.Parse(_output.ToString());
        Assert.Equal("2012-10-17", policy.RootElement.GetProperty("Version").GetString());
        string[] resources = [.. policy.RootElement.GetProperty("Statement").EnumerateArray()
            .SelectMany(statement => statement.GetProperty("Resource").EnumerateArray())
            .Select(resource => resource.GetString()!)];
        Assert.Contains("arn:aws:iot:eu-central-1:123456789012:client/pump-7-agent", resources);
        Assert.All(resources, resource => Assert.True(
            resource.EndsWith(":client/pump-7-agent", StringComparison.Ordinal)
                || resource.Contains("/$aws/things/pump-7/jobs/", StringComparison.Ordinal),
            resource));
    }

    [Fact]
    public async Task Validate_prints_what_a_board_would_run()
    {
        string document = _directory.Write("good.json", """
            {"version":"1.0","steps":[{"action":{"name":"Say hello","type":"runCommand","input":{"command":"echo,hello"}}}]}
            """);

        Assert.Equal(Done, await RunAsync("validate", document));
        Assert.Contains("Say hello", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_prints_every_fault_with_its_path()
    {
        string document = _directory.Write("bad.json", """
            {"version":"1.0","steps":[
              {"action":{"name":"Gold","type":"runAlchemy","input":{}}},
              {"action":{"name":"","type":"runCommand","input":{"command":"true"}}}]}
            """);

        Assert.Equal(Usage, await RunAsync("validate", document));
        string all = _output.ToString() + _errors;
        Assert.Contains("steps[0].action.type", all, StringComparison.Ordinal);
        Assert.Contains("steps[1].action.name", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_names_a_missing_file()
    {
        Assert.Equal(Usage, await RunAsync("validate", _directory["missing.json"]));
        Assert.Contains(_directory["missing.json"], _errors.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] words) => EdgeJobsAgent.CreateBuilder(words).RunAsync("edgejobs", _output, _errors);
}
