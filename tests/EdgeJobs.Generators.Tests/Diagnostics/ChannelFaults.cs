namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>Faults of channels, addresses and parameters.</summary>
public sealed class ChannelFaults
{
    [Fact]
    public void EJ0005_asks_for_an_address_that_is_a_string() =>
        SpecAssert.Fault(
            "EJ0005", "'#/channels/c/address' must be a string or null, but is the number 1", SpecText.Channel("""{ "address": ‹1› }"""));

    [Theory]
    [InlineData("is empty", "‹\"\"›")]
    [InlineData("the wildcard '+' beside other text", "\"a/x‹+›/b\"")]
    [InlineData("is a URL", "\"‹mqtt://›host/a\"")]
    [InlineData("the wildcard '#'", "\"a/‹#›\"")]
    [InlineData("a control character", "‹\"a\\u0000b\"›")]
    [InlineData("a '{' without '}'", "\"a/‹{›x\"")]
    [InlineData("a '{' without '}'", "\"a/‹{›x/y\"")]
    [InlineData("a '{' without '}'", "\"a/‹{›x{y}\"")]
    [InlineData("a '}' without '{'", "\"a/x‹}›\"")]
    [InlineData("a '}' without '{'", "\"a/‹}›x{\"")]
    [InlineData("a '}' without '{'", "\"a/{x}b‹}›\"")]
    [InlineData("a parameter without a name", "\"a/‹{}›\"")]
    [InlineData("two parameters without text between them", "\"a/{x}‹{y}›\"")]
    [InlineData("the parameter '{x}' twice", "\"a/{x}/‹{x}›\"")]
    [InlineData("is a shared subscription", "\"‹$share›/group/a\"")]
    public void EJ0012_points_at_the_character(string message, string address) =>
        SpecAssert.Fault("EJ0012", message, SpecText.Address(address));

    [Fact]
    public void EJ0012_is_reported_for_each_fault_of_an_address()
    {
        IEnumerable<string> found = SpecAssert.Parse(SpecText.Address("\"a/x+/#/{x\"")).Diagnostics.Select(d => d.Descriptor.Id);
        Assert.Equal(["EJ0012", "EJ0012", "EJ0012"], found);
    }

    [Fact]
    public void EJ0013_points_at_a_parameter_that_is_misspelt()
    {
        string[] found = [.. SpecAssert.Parse(SpecText.Address("\"a/{thing}\"", """{ "thingy": {} }""")).Diagnostics.Select(SpecAssert.Show)];
        Assert.Equal(2, found.Length);
        Assert.Contains("EJ0013", found[0], StringComparison.Ordinal);
        Assert.Contains("did you mean 'thingy'?", found[0], StringComparison.Ordinal);
        Assert.Contains("EJ0014", found[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_of_one_letter_is_no_misspelling_of_another_one() => Assert.Empty(
        SpecAssert.Parse(SpecText.Address("\"a/{x}/{z}\"", """{ "z": {} }""")).Diagnostics);

    [Fact]
    public void EJ0055_points_at_the_path_of_the_second_server() => SpecAssert.Fault(
        "EJ0055",
        "The server '#/servers/b' has the path 'q', but topics begin with 'p'",
        """
        { "asyncapi": "3.0.0", "info": { "title": "Test", "version": "1" }, "servers": {
            "a": { "host": "a", "protocol": "mqtt", "pathname": "p" },
            "b": { "host": "b", "protocol": "mqtts", ‹"pathname"›: "q" },
            "c": { "host": "c", "protocol": "kafka", "pathname": "r" } },
          "channels": { "c": { "address": "c" } } }
        """);

    [Theory]
    [InlineData("site/‹#›")]
    [InlineData("‹$share›/group")]
    public void EJ0012_points_at_the_path_of_a_server(string path)
    {
        string spec = $$"""
            { "asyncapi": "3.0.0", "info": { "title": "Test", "version": "1" }, "servers": {
                "a": { "host": "a", "protocol": "mqtt", "pathname": "{{path}}" } }, "channels": { "c": { "address": "c" } } }
            """;
        SpecAssert.Fault("EJ0012", "the topics of this channel are left out", spec);
        spec = spec.Replace("‹", "", StringComparison.Ordinal).Replace("›", "", StringComparison.Ordinal);
        Assert.False(SpecAssert.Parse(spec).Model!.Channels[0].HasAddress);
    }

    [Fact]
    public void EJ0055_points_at_the_path_of_a_second_server_that_is_no_topic() => SpecAssert.Fault(
        "EJ0055",
        "The server '#/servers/b' has the path 'q/#', but topics begin with 'p'",
        """
        { "asyncapi": "3.0.0", "info": { "title": "Test", "version": "1" }, "servers": {
            "a": { "host": "a", "protocol": "mqtt", "pathname": "p" }, "b": { "host": "b", "protocol": "mqtts", ‹"pathname"›: "q/#" } },
          "channels": { "c": { "address": "c" } } }
        """);

    [Fact]
    public void EJ0014_points_at_the_parameter_that_is_not_used() => SpecAssert.Fault(
        "EJ0014", "add '{y}' to the address", SpecText.Address("\"a/{x}\"", """{ "x": {}, ‹"y"›: {} }"""));

    [Theory]
    [InlineData("a/{x}", "a/b")]
    [InlineData("a/{x}", "a/p{x}")]
    [InlineData("a/{x}", "a/{x}/b")]
    public void Addresses_that_differ_in_more_than_parameter_names_are_accepted(string first, string second)
    {
        string parameters = second.Contains("{x}", StringComparison.Ordinal) ? """{ "x": {} }""" : "{}";
        SpecAssert.Model(SpecText.Document($$"""
            { "one": { "address": "{{first}}", "parameters": { "x": {} } }, "two": { "address": "{{second}}",
              "parameters": {{parameters}} } }
            """));
    }

    [Theory]
    [InlineData("EJ0005", "must be a schema of strings, but is one of 'integer'", """{ "x-schema": { "type": ‹"integer"› } }""")]
    [InlineData("EJ0005", "must be an array of strings, but is a string", """{ "enum": ‹"a"› }""")]
    [InlineData("EJ0005", "must be a string, but is the number 1", """{ "enum": ["a", ‹1›] }""")]
    [InlineData("EJ0005", "must be a string, but is the number 1", """{ "description": ‹1› }""")]
    [InlineData("EJ0006", "can't be empty", """{ ‹"enum"›: [] }""")]
    [InlineData("EJ0006", "can't be 'c'", """{ "enum": ["a", "b"], "default": ‹"c"› }""")]
    [InlineData(
        "EJ0006", "it must be at most 2 characters", """{ "x-schema": { "type": "string", "maxLength": 2 }, "default": ‹"abc"› }""")]
    [InlineData("EJ0006", "write one level of a topic", """{ "default": ‹"a/b"› }""")]
    [InlineData("EJ0005", "must be an array of strings, but is a string", """{ "examples": ‹"a"› }""")]
    [InlineData("EJ0005", "must be a string, but is the number 1", """{ "examples": ["a", ‹1›] }""")]
    [InlineData("EJ0028", "lists \"a\" twice", """{ "enum": ["a", ‹"a"›] }""")]
    [InlineData("EJ0033", "did you mean 'enum'?", """{ ‹"enums"›: [] }""")]
    [InlineData("EJ0033", "did you mean 'x-schema'?", """{ ‹"schema"›: {} }""")]
    [InlineData("EJ0035", "no effect on a parameter that has an 'enum'", """{ "enum": ["a"], ‹"x-schema"›: { "type": "string" } }""")]
    public void A_faulty_parameter_is_reported(string id, string message, string parameter) =>
        SpecAssert.Fault(id, message, SpecText.Address("\"{p}\"", "{ \"p\": " + parameter + " }"));

    [Fact]
    public void EJ0033_suggests_the_member_of_a_channel() => SpecAssert.Fault(
        "EJ0033", "did you mean 'parameters'?", SpecText.Channel("""{ "address": "a", ‹"parameter"›: {} }"""));
}
