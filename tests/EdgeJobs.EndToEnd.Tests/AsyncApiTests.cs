using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The official AsyncAPI parser accepts the spec and rejects broken copies of it.</summary>
public sealed class AsyncApiTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task The_spec_is_valid()
    {
        ChildResult result = await ValidateAsync(Repository.PathOf("topics.json"));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain(result.Output.Split('\n'), line => line.StartsWith("error", StringComparison.Ordinal));
        Assert.Contains(": AsyncAPI 3.", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a reference to nothing")]
    [InlineData("a channel without its address under that name")]
    [InlineData("an operation without an action")]
    [InlineData("not even JSON")]
    public async Task A_broken_copy_is_invalid(string fault)
    {
        string text = await File.ReadAllTextAsync(Repository.PathOf("topics.json"));
        JsonNode spec = JsonNode.Parse(text)!;
        switch (fault)
        {
            case "a reference to nothing":
                FirstIn("operations")["channel"] = new JsonObject { ["$ref"] = "#/channels/nowhere" };
                break;
            case "a channel without its address under that name":
                JsonObject channel = FirstIn("channels");
                channel["adress"] = channel["address"]!.DeepClone();
                channel.Remove("address");
                break;
            case "an operation without an action":
                FirstIn("operations").Remove("action");
                break;
            default:
                break;
        }

        JsonObject FirstIn(string section) => spec[section]!.AsObject().First().Value!.AsObject();
        string broken = fault == "not even JSON" ? text[..(text.Length / 2)] : spec.ToJsonString();
        ChildResult result = await ValidateAsync(_directory.Write("broken.json", broken));

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains(result.Output.Split('\n'), line => line.StartsWith("error", StringComparison.Ordinal));
    }

    private static Task<ChildResult> ValidateAsync(string document)
    {
        string script = Repository.PathOf("tests", "asyncapi", "validate.mjs");
        Assert.True(
            Directory.Exists(Repository.PathOf("tests", "asyncapi", "node_modules")),
            "the AsyncAPI parser is not installed; run ./test.sh EdgeJobs.EndToEnd.Tests, which installs it");
        return ChildProcess.RunAsync("node", [script, document]);
    }
}
