using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Tests.Parse;

/// <summary>The model of documents, channels, messages and operations.</summary>
public sealed class ModelTests
{
    [Fact]
    public void A_job_operation_is_matched_by_its_own_member_or_by_its_key()
    {
        SpecModel model = SpecAssert.Model(SpecText.JobOperations(
            """
            { "set-led": { "description": "Sets a LED.", "document": { "$ref": "#/components/schemas/SetLed" } },
              "fan": { "match": { "member": "fan" }, "document": { "$ref": "#/components/schemas/Fan" } },
              "pump": { "match": { "member": "device", "value": "pump-1" }, "document": { "$ref": "#/components/schemas/Pump" } } }
            """,
            """
            { "SetLed": { "type": "object", "properties": { "operation": { "type": "string" } } },
              "Fan": { "type": "object", "properties": { "fan": { "type": "integer" } } },
              "Pump": { "type": "object", "properties": { "device": { "type": "string" } } } }
            """));
        Assert.Equal(
            [
                new JobOperationModel("set-led", "SetLed", "Sets a LED.", "SetLed", "operation", "set-led"),
                new JobOperationModel("fan", "Fan", "", "Fan", "fan", ""),
                new JobOperationModel("pump", "Pump", "", "Pump", "device", "pump-1"),
            ],
            model.JobOperations);
    }

    private static readonly SpecModel Greenhouse = SpecAssert.Model(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json")));

    [Fact]
    public void The_document_has_a_name_a_title_and_a_version()
    {
        Assert.Equal(("Greenhouse", "Test.Specs"), (Greenhouse.Name, Greenhouse.Namespace));
        Assert.Equal(("Greenhouse — \"climate\" & <irrigation>", "2.1.0"), (Greenhouse.Title, Greenhouse.Version));
    }

    [Fact]
    public void The_default_name_of_a_document_is_its_title() =>
        Assert.Equal("AwsIoTJobs", SpecAssert.Model(SpecText.Document("{}", info: """{ "title": "AWS IoT Jobs", "version": "1" }""")).Name);

    [Fact]
    public void A_channel_has_levels_and_parameters()
    {
        ChannelModel channel = Greenhouse.Channels[0];
        Assert.Equal(("setClimate", "SetClimate", "site/{siteId}/house-{house}/climate/set"), (channel.Id, channel.Name, channel.Address));
        Assert.Equal("The climate that a house must keep.\nAnswered in any case.", channel.Description);
        Assert.Equal(
            Equatable.Of<TopicLevel>(new("site", -1, ""), new("", 0, ""), new("house-", 1, ""), new("climate", -1, ""), new("set", -1, "")),
            channel.Levels);
        Assert.Equal(
            Equatable.Of<TopicParameter>(
                new(
                    "siteId", "siteId", "The site.",
                    new StringRule(2, 2, new("^[A-Z]{2}$", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", false), EquatableArray<string>.Empty, false)),
                new(
                    "house", "house", "The number of the house.",
                    new StringRule(1, 3, new("^[\\d]{1,3}$", "0123456789", false), EquatableArray<string>.Empty, false))),
            channel.Parameters);
    }

    [Fact]
    public void A_parameter_may_list_its_values_or_allow_an_additional_one()
    {
        ChannelModel channel = Greenhouse.Channels[3];
        Assert.Equal(
            new TopicParameter("kind", "kind", "What is measured. The default is `air`.", Closed("air", "soil", "light"), "air"),
            channel.Parameters[1]);
        Assert.Equal("sensorId", channel.Parameters[2].Id);
        Assert.Equal(["$all"], channel.Parameters[2].Rule.AlsoAllowed);
        Assert.Equal("-.0123456789abcdefghijklmnopqrstuvwxyz", channel.Parameters[2].Rule.Characters!.Ascii);
    }

    [Theory]
    [InlineData("{}", 0, -1, false)]
    [InlineData("""{ "x-schema": { "type": "string", "minLength": 2 } }""", 2, -1, false)]
    [InlineData("""{ "x-schema": { "enum": ["a"] } }""", 0, -1, true)]
    [InlineData("""{ "x-schema": { "const": "a" } }""", 0, -1, true)]
    [InlineData("""{ "x-schema": { "anyOf": [{ "const": "a" }, { "const": "b" }] } }""", 0, -1, true)]
    public void A_parameter_may_have_a_schema(string parameter, int minimum, int maximum, bool isClosed)
    {
        StringRule rule = SpecAssert.Model(SpecText.Address("\"{p}\"", "{ \"p\": " + parameter + " }")).Channels[0].Parameters[0].Rule;
        Assert.Equal((minimum, maximum, isClosed), (rule.MinLength, rule.MaxLength, rule.IsClosed));
    }

    private static readonly LocationModel RequestId = new(LocationKind.Text, "requestId");

    [Fact]
    public void A_request_has_both_replies_and_merges_its_traits() => Assert.Equal(
        new OperationModel(
            "setClimate", "SetClimate", "Sets the climate of a house.\nFrom a trait.", true, 0, "SetClimate", new ReplyModel(1, "ClimateSet", RequestId),
            new ReplyModel(2, "Refused", RequestId), 1, true, 60, OperationKind.Request, RequestId),
        Greenhouse.Operations[0]);

    [Fact]
    public void An_event_has_the_quality_of_its_binding() =>
        Assert.Equal(new OperationModel("reading", "Reading", "", false, 3, "Reading", null, null, 0, false, -1), Greenhouse.Operations[1]);

    [Fact]
    public void An_operation_defaults_to_QoS_1_and_has_its_chosen_name() =>
        Assert.Equal(
            new OperationModel("status", "ReportStatus", "", true, 4, "Status", null, null, 1, false, -1), Greenhouse.Operations[2]);

    [Fact]
    public void Types_are_ordered_by_name_and_named_by_their_place() => Assert.Equal(
        [
            "Climate", "ClimateSet", "ClimateZonesValue", "DoorOpened", "Flag", "Mode", "OpenDoor", "Queued", "Reading", "ReadingCause", "ReadingCauseAlarm",
            "ReadingQuality", "ReadingTrace", "ReadingTraceHopsItem", "ReadingUnit",
            "Refused", "RefusedReason", "SetClimate", "Status", "StatusNothing", "Timer", "Values", "WaterGranted",
            "WaterNeeded", "WaterNeededMeta",
        ],
        Greenhouse.Types.Select(t => t.Name));

    [Fact]
    public void Correlation_reaches_every_payload_of_its_messages() => Assert.Equal(
        [("ClimateSet", "requestId"), ("Refused", "requestId"), ("SetClimate", "requestId")],
        Greenhouse.Types.OfType<ObjectModel>().Where(o => o.CorrelationMember >= 0).Select(
            o => (o.Name, o.Members[o.CorrelationMember].JsonName)));

    [Fact]
    public void Members_of_merged_objects_keep_the_order_of_the_parts()
    {
        ObjectModel merged = SpecAssert.Object(Greenhouse, "ClimateSet");
        Assert.Equal(
            Equatable.Of<MemberModel>(
                new(
                    "requestId", "RequestId", "", new StringRef(new StringRule(1, 36, null, EquatableArray<string>.Empty, false)), true, "",
                    false),
                new("climate", "Climate", "", new ObjectRef("Climate"), true, "", false)),
            merged.Members);
    }

    [Fact]
    public void Members_whose_names_are_taken_are_renamed() => Assert.Equal(
        ["StatusValue", "ToStringValue", "Class", "Content"],
        SpecAssert.Object(Greenhouse, "Status").Members.Where(
            m => m.JsonName is "status" or "toString" or "class" or "value").Select(m => m.Name));

    [Fact]
    public void White_space_does_not_change_the_model()
    {
        string compact = System.Text.Json.Nodes.JsonNode.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json")))!.ToJsonString();
        Assert.Equal(Greenhouse, SpecAssert.Model(compact));
    }

    private static StringRule Closed(params string[] values) =>
        StringRule.None with { AlsoAllowed = Equatable.Of(values), IsClosed = true };
}
