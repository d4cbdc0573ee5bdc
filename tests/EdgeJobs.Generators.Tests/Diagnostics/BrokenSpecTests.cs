using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>The Jobs spec with typical mistakes: each gives exactly one diagnostic.</summary>
public sealed class BrokenSpecTests
{
    private static readonly string Jobs = File.ReadAllText(Repository.PathOf("topics.json"));

    [Theory]
    [InlineData(
        "EJ0001", "\"defaultContentType\": \"application/json\",", "\"defaultContentType\": \"application/json\"", "‹\"›channels\": {",
        "\"channels\": {")]
    [InlineData(
        "EJ0007", "", "",
        "\"thingName\": { \"description\": \"The registered name of the thing.\", \"x-schema\": {\"$ref\": "
        + "‹\"#/components/schemas/ThingNam\"›} }",
        "\"thingName\": { \"description\": \"The registered name of the thing.\", \"x-schema\": {\"$ref\": "
        + "\"#/components/schemas/ThingName\"} }")]
    [InlineData("EJ0024", "", "", "\"includeJobDocument\": { \"type\": ‹\"bool\"›,", "\"includeJobDocument\": { \"type\": \"boolean\",")]
    [InlineData(
        "EJ0012", "", "", "\"address\": \"$aws/things/{thingName}/jobs/‹#›\"", "\"address\": \"$aws/things/{thingName}/jobs/notify-next\"")]
    public void One_mistake_gives_one_diagnostic(string id, string also, string alsoReplaced, string marked, string original)
    {
        string text = also.Length == 0 ? Jobs : ReplaceFirst(Jobs, also, alsoReplaced);
        SpecAssert.Fault(id, "", ReplaceFirst(text, original, marked));
    }

    [Fact]
    public void The_unmodified_spec_has_no_diagnostics() => SpecAssert.Model(Jobs);

    private static string ReplaceFirst(string text, string old, string replacement)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0, "topics.json has no " + old);
        return text[..at] + replacement + text[(at + old.Length)..];
    }
}
