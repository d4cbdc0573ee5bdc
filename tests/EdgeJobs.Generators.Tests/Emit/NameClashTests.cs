using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Tests.Pipeline;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>
/// Elements that would get the same C# name, a reserved one, or none: the first in the document keeps the name, and one that the
/// author has chosen always does. The names on the wire stay.
/// </summary>
public sealed class NameClashTests
{
    private const string Text = """{ "type": "string" }""";

    [Theory]
    [InlineData("jobId, job_id, job-id", "JobId JobId2 JobId3")]
    [InlineData("j1, J_1, j1_2", "J1 J1_2 J1_2_2")]
    [InlineData("jobId, other!JobId, job_id", "JobId2 JobId JobId3")]
    [InlineData("+, -, <=, , 3d", "Plus Minus LessEqual Empty _3d")]
    [InlineData("toString, ToStringValue, guid", "ToStringValue ToStringValue2 GuidValue")]
    [InlineData("a=1, aOrDefault", "A AOrDefault2")]
    [InlineData("aOrDefault, a=1", "AOrDefault A2")]
    [InlineData("jobs[], toJobs", "Jobs ToJobs2")]
    [InlineData("caf\\u00E9, cafe\\u0301, a\\u200Bb, ab", "Café Café2 Ab Ab2")]
    public void Members(string members, string expected)
    {
        IEnumerable<string> properties = members.Split(", ").Select(member => member switch
        {
            _ when member.EndsWith("=1", StringComparison.Ordinal) => $$"""  "{{member[..^2]}}": { "type": "integer", "default": 1 }""",
            _ when member.EndsWith("[]", StringComparison.Ordinal) => $$"""  "{{member[..^2]}}": { "type": "array", "items": {{Text}} }""",
            _ when member.Split('!') is [var name, var chosen] => $$"""  "{{name}}": { "type": "string", "x-name": "{{chosen}}" }""",
            _ => "\"" + member + "\": " + Text,
        });
        ObjectModel model = SpecAssert.Object(
            Compiled(SpecText.Payload("{ \"type\": \"object\", \"properties\": {" + string.Join(", ", properties) + "} }")), "M");
        Assert.Equal(expected.Split(' '), model.Members.Select(m => m.Name.Normalize()));
    }

    [Theory]
    [InlineData("\"IN_PROGRESS\", \"in-progress\"", "", "InProgress InProgress2")]
    [InlineData("\"a\", \"A\"", "\"A\": \"A\"", "A2 A")]
    [InlineData("\"+\", \"1\", \"°C\", \"\", \"★\", \"unknown\"", "", "Plus Value1 C Empty U2605 UnknownValue")]
    public void Values(string values, string chosen, string expected)
    {
        EnumModel model = SpecAssert.Enum(Compiled(SpecText.Member(
            "{ \"type\": \"string\", \"enum\": [" + values + "], \"x-enum-names\": {" + chosen + "} }")), "MX");
        Assert.Equal(expected.Split(' '), model.Values.Select(v => v.Name));
    }

    [Theory]
    [InlineData("Foo", "FooView", "Foo FooView2")]
    [InlineData("IpAddress", "iPAddress", "IPAddress2 IpAddress")]
    [InlineData("Foo", "TestTopics", "Foo TestTopics2")]
    [InlineData("Guid", "toString", "GuidValue ToStringValue")]
    [InlineData("M", "m", "M2 M3")]
    public void Types(string first, string second, string expected)
    {
        SpecModel model = Compiled(SpecText.Payload(
            $$"""{ "type": "object", "properties": { "x": { "$ref": "#/components/schemas/{{first}}" },"""
                + $$""" "y": { "$ref": "#/components/schemas/{{second}}" } } }""",
            $$"""{ "schemas": { "{{first}}": { "type": "object", "properties": {} }, "{{second}}": { "type": "object","""
                + $$""" "properties": {} } } }"""));
        Assert.Equal(expected.Split(' '), model.Types.Select(t => t.Name).Where(n => n != "M").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_chosen_name_of_a_schema_is_kept_from_others() => Assert.Equal(
        ["Foo", "Foo2", "M"],
        Compiled(SpecText.Payload(
            """{ "type": "object", "properties": { "x": { "$ref": "#/components/schemas/Foo" }, "y": { "$ref": "#/components/schemas/Z" } } }""",
            """
            { "schemas": { "Foo": { "type": "object", "properties": {} }, "Z": { "type": "object", "x-name": "Foo", "properties": {} } } }
            """)).Types.Select(t => t.Name));

    [Fact]
    public void A_member_that_would_hide_a_view() => Assert.Equal(
        ["T", "TViewValue"],
        SpecAssert.Object(
            Compiled(SpecText.Payload(
                """{ "type": "object", "properties": { "t": { "$ref": "#/components/schemas/T" }, "tView": { "type": "string" } } }""",
                """{ "schemas": { "T": { "type": "object", "properties": {} } } }""")),
            "M").Members.Select(m => m.Name));

    [Fact]
    public void Channels_and_parameters()
    {
        SpecModel model = Compiled(SpecText.Document("""
            { "start-next": { "address": "a/{x}/{X}", "parameters": { "x": {}, "X": {} } }, "startNext": { "address": "b" },
              "none": { "address": "d" }, "---": { "address": "e" },
              "z": { "address": "f", "x-name": "StartNext" } }
            """));
        Assert.Equal(
            ["StartNext2", "StartNext3", "NoneValue", "MinusMinusMinus", "StartNext"],
            model.Channels.Select(c => c.Name));
        Assert.Equal(["x", "x2"], model.Channels[0].Parameters.Select(p => p.Id));
    }

    [Fact]
    public void Operations() => Assert.Equal(
        ["DoIt", "DoIt2", "EqualsValue"],
        Compiled(SpecText.Operations("""
            { "doIt": { "action": "send", "channel": { "$ref": "#/channels/told" } },
              "do-it": { "action": "send", "channel": { "$ref": "#/channels/told" } },
              "equals": { "action": "send", "channel": { "$ref": "#/channels/told" } } }
            """)).Operations.Select(o => o.Name));

    [Theory]
    [InlineData("Service", "ServiceApi")]
    [InlineData("- * -", "Api")]
    public void Services(string title, string expected) => Assert.Equal(
        expected, Compiled(SpecText.Document("{}", info: "{ \"title\": \"" + title + "\", \"version\": \"1\" }")).Name);

    [Fact]
    public void A_long_name_is_cut_and_stays_unique()
    {
        string member = new('n', 300);
        ObjectModel model = SpecAssert.Object(
            Compiled(SpecText.Payload("{ \"type\": \"object\", \"properties\": { \"" + member + "\": " + Text + ", \"" + member + "x\": "
                + Text + ", \"" + new string('é', 150) + "\": " + Text + " } }")),
            "M");
        Assert.All(model.Members, m => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(m.Name), 195, 200));
        Assert.Equal(3, model.Members.Select(m => m.Name).Distinct().Count());
        Assert.Equal(member, model.Members[0].JsonName);
    }

    private static SpecModel Compiled(string spec)
    {
        SpecModel model = SpecAssert.Model(spec);
        new SpecProject(("topics.json", spec)).AssertCompiles();
        return model;
    }

    [Fact]
    public void A_record_around_a_message_or_an_alternative_does_not_hide_a_type() => CompiledSpec.Run(
        SpecText.Document(
            """
            { "x": { "address": "x", "messages": {
                "a": { "payload": { "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } } },
                "ofA": { "payload": { "type": "object", "required": ["b"], "properties": { "b": { "type": "string" } } } },
                "a2": { "payload": { "type": "object", "required": ["c"],
                  "properties": { "c": {}, "r": { "$ref": "#/components/schemas/R" } } } } } } }
            """,
            """{ "s": { "action": "send", "channel": { "$ref": "#/channels/x" } } }""",
            """
            { "schemas": {
                "R": { "oneOf": [{ "type": "number" }, { "$ref": "#/components/schemas/OfNumber" }] },
                "OfNumber": { "type": "object", "properties": { "n": { "type": "integer" } } } } }
            """),
        """
        Assert.Equal("1", Assert.IsType<XMessage.OfA3>(Codec.Read<XMessage>("{\"a\":\"1\"}")).Value.AValue);
        Assert.Equal("2", Assert.IsType<XMessage.OfOfA>(Codec.Read<XMessage>("{\"b\":\"2\"}")).Value.B);
        Assert.IsType<A2>(Assert.IsType<XMessage.OfA2>((XMessage)new A2 { C = RawJson.FromText("1") }).Value);
        Assert.Equal(1.5, Assert.IsType<R.OfNumber2>(Codec.Read<R>("1.5")).Value);
        Assert.Equal(2, Assert.IsType<R.OfOfNumber>(Codec.Read<R>("{\"n\":2}")).Value.N);
        """);

    [Fact]
    public void A_short_title_names_what_has_no_key() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "properties": {
                "shape": { "oneOf": [{ "title": "Level crossing", "type": "object", "required": ["a"], "properties": { "a": {} } },
                  { "title": "A shape that is described at length", "type": "object", "required": ["b"], "properties": { "b": {} } },
                  { "x-name": "Chosen", "title": "Other", "type": "object", "required": ["c"], "properties": { "c": {} } }] },
                "list": { "type": "array", "items": { "title": "Entry", "type": "object", "properties": { "d": {} } } },
                "map": { "type": "object", "additionalProperties": { "title": "7 days", "type": "object", "properties": { "e": {} } } },
                "own": { "title": "Titled", "type": "object", "properties": { "f": {} } } } }
            """),
        """
        M m = Codec.Read<M>("{\"shape\":{\"a\":1},\"list\":[{}],\"map\":{\"x\":{}},\"own\":{}}");
        Assert.IsType<LevelCrossing>(Assert.IsType<MShape.OfLevelCrossing>(m.Shape).Value);
        Assert.IsType<MShapeAlternative2>(Assert.IsType<MShape.OfAlternative2>(Codec.Read<MShape>("{\"b\":1}")).Value);
        Assert.IsType<Chosen>(Assert.IsType<MShape.OfChosen>(Codec.Read<MShape>("{\"c\":1}")).Value);
        Assert.IsType<Entry>(m.List![0]);
        Assert.IsType<MMapValue>(m.Map!["x"]);
        Assert.IsType<MOwn>(m.Own);
        """);
}
