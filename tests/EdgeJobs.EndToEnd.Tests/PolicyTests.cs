using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The agent under AWS IoT policies that the local cloud enforces: complete ones, and ones without one statement.
/// </summary>
public sealed class PolicyTests : IAsyncLifetime, IDisposable
{
    private const string Thing = "board-1";
    private const string ClientId = "test-1";
    private const string Jobs = $"$aws/things/{Thing}/jobs/";

    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;

    public async Task InitializeAsync() => _cloud = await CloudProcess.StartAsync();

    public async Task DisposeAsync() => await _cloud.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_agent_runs_with_the_sample_policy_of_the_AWS_SDK()
    {
        ThingFiles files = await _cloud.CreateThingAsync(Thing, SamplePolicy.For(Thing));
        await _cloud.CreateJobAsync("job", Thing, Documents.Command("true"));
        ChildResult result = await AgentBinary.X64.RunAsync(Arguments(files, "--once"));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("SUCCEEDED", (await _cloud.DescribeAsync(Thing, "job")).Status);
        Assert.DoesNotContain("AUTHORIZATION_FAILURE", _cloud.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iot:Connect", "5", "allow iot:Connect for the client id 'test-1'")]
    [InlineData("iot:Connect", "3", "allow iot:Connect for the client id 'test-1'")]
    [InlineData("iot:Subscribe", "5", $"allow iot:Subscribe for topicfilter/{Jobs}notify-next")]
    [InlineData("iot:Publish", "5", $"allow iot:Publish for topic/{Jobs}get")]
    public async Task The_agent_names_a_missing_statement_and_ends(string action, string version, string message)
    {
        ThingFiles files = await _cloud.CreateThingAsync(Thing, SamplePolicy.For(Thing, without: action));
        ChildResult result = await AgentBinary.X64.RunAsync(Arguments(files, "--once", "--mqtt_version", version));
        Assert.True(result.ExitCode == 4, result.ToString());
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Contains($"lacks {action} on arn:aws:iot:us-east-1:000000000000:", _cloud.Log, StringComparison.Ordinal);
    }

    // A silent server looks like a bad network: the agent names the statement that may be missing, and retries.
    [Theory]
    [InlineData("iot:Receive", "5", $"allow iot:Receive for topic/{Jobs}get/accepted")]
    [InlineData("iot:Publish", "3", $"allow iot:Publish for topic/{Jobs}get")]
    public async Task The_agent_names_a_statement_whose_absence_shows_as_silence(string action, string version, string message)
    {
        ThingFiles files = await _cloud.CreateThingAsync(Thing, SamplePolicy.For(Thing, without: action));
        await using ChildProcess agent = AgentBinary.X64.Start(Arguments(files, "--mqtt_version", version));
        await agent.WaitUntilAsync(() => Task.FromResult(agent.Errors.Contains(message, StringComparison.Ordinal)), message);
        Assert.Contains($"lacks {action} on arn:aws:iot:us-east-1:000000000000:", _cloud.Log, StringComparison.Ordinal);

        // It connects as soon as the policy allows it.
        await _cloud.CreateJobAsync("job", Thing, Documents.Command("true"));
        await _cloud.SetPolicyAsync(Thing + "-policy", SamplePolicy.For(Thing));
        await _cloud.WaitForStatusAsync(Thing, "job", "SUCCEEDED");
    }

    [Fact]
    public async Task The_output_of_edgejobs_policy_is_all_that_the_agent_needs()
    {
        ChildResult policy = await AgentBinary.X64.RunAsync(
            ["policy", "--region", "eu-central-1", "--account", "123456789012", "--thing_name", Thing]);
        Assert.True(policy.ExitCode == 0, policy.ToString());
        ThingFiles files = await _cloud.CreateThingAsync(Thing, policy.Output);
        await _cloud.CreateJobAsync("job", Thing, Documents.Command("true"));
        ChildResult result = await AgentBinary.X64.RunAsync(
            ["run", .. files.FlagsFor(_cloud.Mqtts), "--data_dir", _directory["agent"], "--once"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("SUCCEEDED", (await _cloud.DescribeAsync(Thing, "job")).Status);
        Assert.DoesNotContain("AUTHORIZATION_FAILURE", _cloud.Log, StringComparison.Ordinal);

        // The agent learns of a later job from notify-next, which the policy must allow as well.
        await using ChildProcess agent = AgentBinary.X64.Start(["run", .. files.FlagsFor(_cloud.Mqtts), "--data_dir", _directory["agent"]]);
        await agent.WaitUntilAsync(
            () => Task.FromResult(agent.Errors.Contains("subscribed to", StringComparison.Ordinal)),
            "the subscriptions");
        await _cloud.CreateJobAsync("later", Thing, Documents.Command("true"));
        await _cloud.WaitForStatusAsync(Thing, "later", "SUCCEEDED");
        Assert.DoesNotContain("AUTHORIZATION_FAILURE", _cloud.Log, StringComparison.Ordinal);
    }

    private IEnumerable<string> Arguments(ThingFiles files, params string[] more) =>
        ["run", .. files.FlagsFor(_cloud.Mqtts), "--client_id", ClientId, "--data_dir", _directory["agent"], .. more];
}
