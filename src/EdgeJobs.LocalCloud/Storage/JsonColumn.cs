using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Storage;

/// <summary>Small lists and maps as JSON text in a column.</summary>
internal static class JsonColumn
{
    public static string Of(ValueMap<string> map) => Write(writer =>
    {
        writer.WriteStartObject();
        foreach (KeyValuePair<string, string> entry in map)
        {
            writer.WriteString(entry.Key, entry.Value);
        }

        writer.WriteEndObject();
    });

    public static string Of(IEnumerable<string> names) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach (string name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    });

    public static ValueMap<string> ToMap(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        KeyValuePair<string, string>[] entries =
            [.. document.RootElement.EnumerateObject().Select(
                static member => KeyValuePair.Create(member.Name, member.Value.GetString()!))];
        return ValueMap<string>.Wrap(entries);
    }

    public static List<string> ToNames(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return [.. document.RootElement.EnumerateArray().Select(static name => name.GetString()!)];
    }

    public static ImmutableSortedSet<string> ToSet(string text) => ToNames(text).ToImmutableSortedSet(StringComparer.Ordinal);

    /// <summary>Parses what <see cref="JobTarget.ToString"/> writes.</summary>
    public static JobTarget ToTarget(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return text[..slash] switch
        {
            "thing" => JobTarget.Thing(text[(slash + 1)..]),
            "thinggroup" => JobTarget.Group(text[(slash + 1)..]),
            _ => throw new FormatException($"'{text}' is not a valid target"),
        };
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(64);
        using Utf8JsonWriter writer = new(buffer);
        write(writer);
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
