using System.Text;
using System.Text.Json;

namespace EdgeJobs.Fuzz;

/// <summary>The sources of the inputs: recorded messages and the spec.</summary>
internal sealed class Corpus
{
    private readonly JsonElement _spec;

    private Corpus(JsonElement spec, List<byte[]> payloads, List<string> topics)
    {
        _spec = spec;
        Payloads = payloads;
        Topics = topics;
        Schemas =
        [
            .. _spec.GetProperty("components").GetProperty("schemas").EnumerateObject().Select(s => s.Value).Where(
                s => s.TryGetProperty("properties", out _))
        ];
        Names = [.. Schemas.SelectMany(s => s.GetProperty("properties").EnumerateObject().Select(p => p.Name)).Distinct()];
    }

    /// <summary>Recorded payloads.</summary>
    public IReadOnlyList<byte[]> Payloads { get; }

    /// <summary>Recorded topics.</summary>
    public IReadOnlyList<string> Topics { get; }

    /// <summary>The schemas of objects.</summary>
    public IReadOnlyList<JsonElement> Schemas { get; }

    /// <summary>The names of all members.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the files in the directory of the program.</summary>
    public static Corpus Load()
    {
        JsonElement vectors = Parse("jobs-mqtt-vectors.json");
        return new Corpus(
            Parse("topics.json"),
            [.. vectors.EnumerateArray().Select(v => Encoding.UTF8.GetBytes(v.TryGetProperty("payloadRaw", out JsonElement raw)
                ? raw.GetString()!
                : v.GetProperty("payload").GetRawText()))],
            [.. vectors.EnumerateArray().Select(v => v.GetProperty("topic").GetString()!).Distinct()]);
    }

    /// <summary>The target of a reference within the spec.</summary>
    public JsonElement Follow(JsonElement schema)
    {
        while (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            schema = reference.GetString()!.Split('/').Skip(1).Aggregate(_spec, (at, key) => at.GetProperty(key));
        }

        return schema;
    }

    private static JsonElement Parse(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", name)));
        return document.RootElement.Clone();
    }
}
