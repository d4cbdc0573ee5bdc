using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Tests.Parse;

public sealed class CodeNameTests
{
    [Theory]
    [InlineData("jobId", "JobId")]
    [InlineData("IN_PROGRESS", "InProgress")]
    [InlineData("in-progress", "InProgress")]
    [InlineData("in progress", "InProgress")]
    [InlineData("QUEUED", "Queued")]
    [InlineData("InvalidTopic", "InvalidTopic")]
    [InlineData("thingARN", "ThingARN")]
    [InlineData("AWS IoT Jobs, device side", "AwsIoTJobsDeviceSide")]
    [InlineData("x", "X")]
    [InlineData("class", "Class")]
    [InlineData("2fa", "_2fa")]
    [InlineData("1.2", "_1_2")]
    [InlineData("v1_2", "V1_2")]
    [InlineData("__a__b__", "AB")]
    [InlineData("größe", "Größe")]
    [InlineData("状態", "状態")]
    [InlineData("😀", "")]
    [InlineData("--", "")]
    [InlineData("", "")]
    public void Pascal_makes_a_name_of_any_text(string text, string name) => Assert.Equal(name, CodeName.Pascal(text));

    [Theory]
    [InlineData("thingName", "thingName")]
    [InlineData("ThingName", "thingName")]
    [InlineData("thing-name", "thingName")]
    [InlineData("THING", "thing")]
    public void Camel_begins_with_a_lower_case_letter(string text, string name) => Assert.Equal(name, CodeName.Camel(text));

    [Theory]
    [InlineData("EdgeJobs.Protocol", "EdgeJobs.Protocol")]
    [InlineData("my-app.2nd", "my_app._2nd")]
    [InlineData("a.class", "a.@class")]
    [InlineData("..", "")]
    [InlineData("", "")]
    public void Namespace_replaces_characters_that_only_MSBuild_allows(string text, string name) =>
        Assert.Equal(name, CodeName.Namespace(text));

    [Theory]
    [InlineData("maxLenght", "maxLength")]
    [InlineData("descripton", "description")]
    [InlineData("wholly other", null)]
    public void Nearest_finds_the_closest_name(string text, string? meant) =>
        Assert.Equal(meant, Spelling.Nearest(text, ["minLength", "maxLength", "description", "type"]));
}
