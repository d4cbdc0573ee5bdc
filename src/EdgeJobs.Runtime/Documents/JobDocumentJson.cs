using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace EdgeJobs.Runtime.Documents;

/// <summary>A job document as it stands in JSON, in either schema. Other members are passed over.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "The JSON source generator makes it.")]
internal sealed record JobDocumentJson
{
    [JsonPropertyName("version")]
    [JsonConverter(typeof(StringField))]
    public Field<string> Version { get; init; }

    [JsonPropertyName("includeStdOut")]
    [JsonConverter(typeof(FlagField))]
    public Field<bool> IncludeStdOut { get; init; }

    [JsonPropertyName("conditions")]
    [JsonConverter(typeof(LengthField))]
    public Field<int> Conditions { get; init; }

    [JsonPropertyName("steps")]
    [JsonConverter(typeof(ArrayField<StepJson, ObjectField<StepJson>>))]
    public Field<IReadOnlyList<Field<StepJson>>> Steps { get; init; }

    [JsonPropertyName("finalStep")]
    [JsonConverter(typeof(ObjectField<StepJson>))]
    public Field<StepJson> FinalStep { get; init; }

    // From here on: the schema without version.
    [JsonPropertyName("operation")]
    [JsonConverter(typeof(StringField))]
    public Field<string> Operation { get; init; }

    [JsonPropertyName("args")]
    [JsonConverter(typeof(ArrayField<string, StringField>))]
    public Field<IReadOnlyList<Field<string>>> Args { get; init; }

    [JsonPropertyName("path")]
    [JsonConverter(typeof(StringField))]
    public Field<string> Path { get; init; }

    [JsonPropertyName("allowStdErr")]
    [JsonConverter(typeof(CountField))]
    public Field<int?> AllowStdErr { get; init; }
}

/// <summary>An element of <c>steps</c>, or <c>finalStep</c>.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "The JSON source generator makes it.")]
internal sealed record StepJson
{
    [JsonPropertyName("action")]
    [JsonConverter(typeof(ObjectField<ActionJson>))]
    public Field<ActionJson> Action { get; init; }
}

/// <summary>What a step does.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "The JSON source generator makes it.")]
internal sealed record ActionJson
{
    [JsonPropertyName("name")]
    [JsonConverter(typeof(StringField))]
    public Field<string> Name { get; init; }

    [JsonPropertyName("type")]
    [JsonConverter(typeof(StringField))]
    public Field<string> Type { get; init; }

    [JsonPropertyName("input")]
    [JsonConverter(typeof(ObjectField<InputJson>))]
    public Field<InputJson> Input { get; init; }

    [JsonPropertyName("runAsUser")]
    [JsonConverter(typeof(StringField))]
    public Field<string> RunAsUser { get; init; }

    [JsonPropertyName("allowStdErr")]
    [JsonConverter(typeof(CountField))]
    public Field<int?> AllowStdErr { get; init; }

    [JsonPropertyName("ignoreStepFailure")]
    [JsonConverter(typeof(FlagField))]
    public Field<bool> IgnoreStepFailure { get; init; }
}

/// <summary>The input of either type of action.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "The JSON source generator makes it.")]
internal sealed record InputJson
{
    [JsonPropertyName("handler")]
    [JsonConverter(typeof(StringField))]
    public Field<string> Handler { get; init; }

    [JsonPropertyName("args")]
    [JsonConverter(typeof(ArrayField<string, StringField>))]
    public Field<IReadOnlyList<Field<string>>> Args { get; init; }

    [JsonPropertyName("path")]
    [JsonConverter(typeof(StringField))]
    public Field<string> Path { get; init; }

    [JsonPropertyName("command")]
    [JsonConverter(typeof(CommandField))]
    public Field<CommandValue> Command { get; init; }
}

/// <summary>The source-generated reader of job documents.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, MaxDepth = 64)]
[JsonSerializable(typeof(JobDocumentJson))]
[JsonSerializable(typeof(StepJson))]
[JsonSerializable(typeof(ActionJson))]
[JsonSerializable(typeof(InputJson))]
internal sealed partial class JobDocumentJsonContext : JsonSerializerContext;
