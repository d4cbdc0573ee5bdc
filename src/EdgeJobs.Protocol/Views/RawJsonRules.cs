using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>Checks of JSON whose type the spec leaves open; generated code calls them, with JSON that is known to be well-formed.</summary>
public static class RawJsonRules
{
    /// <summary>True if the value is a string that meets a condition.</summary>
    public static bool HasText(this RawJson json, Func<string, bool> condition)
    {
        Utf8JsonReader reader = new(json.Utf8.Span);
        return reader.Read() && reader.TokenType == JsonTokenType.String && condition(JsonText.Of(ref reader).ToString());
    }

    /// <summary>True if the value is a number that meets a condition.</summary>
    public static bool HasDouble(this RawJson json, Func<double, bool> condition)
    {
        Utf8JsonReader reader = new(json.Utf8.Span);
        CodecError error = default;
        return reader.Read() && JsonScalars.TryReadDouble(ref reader, "", out double value, ref error) && condition(value);
    }

    /// <summary>True if the value is a number that is no whole number of 64 bits, or one that meets a condition.</summary>
    public static bool HasInt64(this RawJson json, Func<long, bool> condition)
    {
        Utf8JsonReader reader = new(json.Utf8.Span);
        CodecError error = default;
        return reader.Read()
            && reader.TokenType == JsonTokenType.Number
            && (!JsonScalars.TryReadInt64(ref reader, "", out long value, ref error) || condition(value));
    }

    /// <summary>True if the value is <c>true</c> or <c>false</c>, and is this one.</summary>
    public static bool HasBoolean(this RawJson json, bool value) =>
        json.Utf8.Span.Trim(" \t\r\n"u8).SequenceEqual(value ? "true"u8 : "false"u8);
}
