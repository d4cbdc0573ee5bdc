using System.Text.Json.Nodes;

namespace EdgeJobs.Protocol.Tests;

/// <summary>topics.json matches the AWS service model, member by member.</summary>
public sealed class ServiceModelTests
{
    private static readonly JsonObject Spec = Load("topics.json");
    private static readonly JsonObject Model = Load(Path.Combine("Data", "jobs-data-shapes.json"));

    /// <summary>Members that MQTT carries in the topic, and members that only MQTT has.</summary>
    private static readonly string[] InTopic = ["thingName", "jobId"];
    private static readonly string[] OnlyOverMqtt = ["clientToken", "timestamp"];

    public static TheoryData<string> Structures() =>
    [
        "GetPendingJobExecutionsRequest", "GetPendingJobExecutionsResponse",
        "StartNextPendingJobExecutionRequest", "StartNextPendingJobExecutionResponse",
        "DescribeJobExecutionRequest", "DescribeJobExecutionResponse",
        "UpdateJobExecutionRequest", "UpdateJobExecutionResponse",
        "JobExecution", "JobExecutionSummary", "JobExecutionState",
    ];

    [Theory]
    [MemberData(nameof(Structures))]
    public void A_structure_has_the_members_of_the_service_model(string name)
    {
        JsonObject shape = Shape(name);
        bool isRequest = name.EndsWith("Request", StringComparison.Ordinal);
        IEnumerable<string> expected = shape["members"]!.AsObject().Select(m => m.Key).Where(m => !isRequest || !InTopic.Contains(m));
        JsonObject properties = Schema(name)["properties"]!.AsObject();
        IEnumerable<string> actual = properties.Select(p => p.Key).Where(p => !OnlyOverMqtt.Contains(p));
        Assert.Equal(expected.Order(), actual.Order());

        IEnumerable<string> required = shape["required"]!.AsArray().Select(r => (string)r!).Where(m => !isRequest || !InTopic.Contains(m));
        IEnumerable<string> stated = Schema(name)["required"]?.AsArray().Select(r => (string)r!) ?? [];
        Assert.Equal(required.Order(), stated.Order());

        foreach (string member in actual)
        {
            AssertSame($"{name}.{member}", Shape((string)shape["members"]![member]!["shape"]!), Resolve(properties[member]!));
        }
    }

    [Theory]
    [InlineData("ThingName")]
    [InlineData("JobId")]
    [InlineData("JobDocument")]
    public void A_named_type_has_the_bounds_of_the_service_model(string name) => AssertSame(name, Shape(name), Resolve(Schema(name)));

    [Fact]
    public void A_described_job_can_also_be_next()
    {
        JsonNode[] alternatives = [.. Schema("JobIdOrNext")["anyOf"]!.AsArray().Select(a => a!)];
        Assert.Equal("[a-zA-Z0-9_-]+|^\\$next", (string)Shape("DescribeJobExecutionJobId")["pattern"]!);
        AssertSame("JobIdOrNext", Shape("JobId"), Resolve(alternatives[0]));
        Assert.Equal("$next", (string)alternatives[1]["const"]!);
    }

    [Fact]
    public void A_thing_can_report_the_documented_statuses()
    {
        JsonNode documented = Model["documentedConstraintsNotInModel"]!["UpdateJobExecution.status.deviceMaySend"]!;
        Assert.Equal(Strings(documented), Strings(Schema("JobExecutionUpdateStatus")["enum"]!));
    }

    [Fact]
    public void Limits_that_only_the_documentation_states_are_in_the_spec()
    {
        JsonObject documented = Model["documentedConstraintsNotInModel"]!.AsObject();
        JsonObject details = Schema("StatusDetails");
        Assert.Equal((int)documented["statusDetails.maxPairs"]!, (int)details["maxProperties"]!);
        Assert.Equal((int)documented["statusDetails.value.maxChars"]!, (int)details["additionalProperties"]!["maxLength"]!);
        Assert.Equal("1..10080, or -1 on UpdateJobExecution only", (string)documented["stepTimeoutInMinutes"]!);
        JsonObject start = Schema("StartNextPendingJobExecutionRequest")["properties"]!["stepTimeoutInMinutes"]!.AsObject();
        Assert.Equal((1, 10_080), ((int)start["minimum"]!, (int)start["maximum"]!));
        JsonArray update = Schema("UpdateJobExecutionRequest")["properties"]!["stepTimeoutInMinutes"]!["anyOf"]!.AsArray();
        Assert.Equal((1, 10_080, -1), ((int)update[0]!["minimum"]!, (int)update[0]!["maximum"]!, (int)update[1]!["const"]!));
    }

    [Fact]
    public void Every_operation_of_the_service_model_is_in_the_spec()
    {
        // Commands are another feature of AWS IoT on the same endpoint. Fleet provisioning has only topics and no service model.
        IEnumerable<string> expected = Model["operations"]!.AsObject().Select(o => o.Key).Where(o => o != "StartCommandExecution");
        string[] provisioning = ["CreateKeysAndCertificate", "CreateCertificateFromCsr", "RegisterThing"];
        Assert.Equal(expected.Concat(provisioning).Order(), JobsSpec.Instance.Requests.Select(r => char.ToUpperInvariant(r.Name[0])
            + r.Name[1..]).Order());
    }

    private static void AssertSame(string where, JsonObject shape, JsonObject schema)
    {
        switch ((string)shape["type"]!)
        {
            case "long":
                // A step time-out is a range or -1.
                JsonObject number = schema["anyOf"] is JsonArray alternatives ? alternatives[0]!.AsObject() : schema;
                Assert.True((string)number["type"]! == "integer", where);
                Assert.True((string)number["format"]! is "int64" or "epoch-seconds", where);
                break;
            case "boolean":
                Assert.True((string)schema["type"]! == "boolean", where);
                break;
            case "string" when shape["enum"] is { } values:
                Assert.Equal("string", (string)schema["type"]!);
                Assert.Subset(Strings(values).ToHashSet(), Strings(schema["enum"]!).ToHashSet());
                Assert.True(where == "UpdateJobExecutionRequest.status" || Strings(values).SequenceEqual(Strings(schema["enum"]!)), where);
                break;
            case "string" when where.EndsWith("JobDocument", StringComparison.OrdinalIgnoreCase):
                // HTTP has a string that holds JSON, MQTT the object itself.
                Assert.Equal((int)shape["max"]!, (int)schema["x-maxBytes"]!);
                Assert.Equal("object", (string)schema["type"]!);
                break;
            case "string":
                Assert.True((string)schema["type"]! == "string", where);
                Assert.Equal((int?)shape["min"] ?? 0, (int?)schema["minLength"] ?? 0);
                if (shape["max"] is { } max)
                {
                    Assert.Equal((int)max, (int)schema["maxLength"]!);
                }

                Assert.Equal(shape["pattern"] is { } pattern ? $"^{(string)pattern!}$" : null, (string?)schema["pattern"]);
                break;
            case "map":
                AssertSame(where + " key", Shape((string)shape["key"]!), With(schema["propertyNames"]!.AsObject(), "type", "string"));
                AssertSame(where + " value", Shape((string)shape["value"]!), schema["additionalProperties"]!.AsObject());
                break;
            case "list":
                Assert.True((string)schema["type"]! == "array", where);
                Assert.EndsWith("/" + (string)shape["member"]!, (string)schema["items"]!["$ref"]!, StringComparison.Ordinal);
                break;
            default:
                Assert.True((string)schema["type"]! == "object", where);
                break;
        }
    }

    private static JsonObject With(JsonObject schema, string name, string value)
    {
        JsonObject copy = schema.DeepClone().AsObject();
        copy[name] = value;
        return copy;
    }

    private static JsonObject Load(string name) =>
        JsonNode.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name)))!.AsObject();

    private static JsonObject Shape(string name) => Model["shapes"]![name]!.AsObject();

    private static JsonObject Schema(string name) => Spec["components"]!["schemas"]![name]!.AsObject();

    private static JsonObject Resolve(JsonNode schema)
    {
        while (schema["$ref"] is { } reference)
        {
            schema = Schema(((string)reference!).Split('/')[^1]);
        }

        return schema["allOf"] is JsonArray all ? Resolve(all[0]!) : schema.AsObject();
    }

    private static IEnumerable<string> Strings(JsonNode array) => array.AsArray().Select(v => (string)v!);
}
