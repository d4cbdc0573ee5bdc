using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads a member into a <see cref="Field{T}"/>: takes what it understands and notes what it doesn't.</summary>
[SuppressMessage("Performance", "CA1812", Justification = "The JSON source generator makes the derived ones.")]
internal abstract class FieldConverter<T> : JsonConverter<Field<T>>
{
    public sealed override bool HandleNull => true;

    public sealed override Field<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        long offset = reader.TokenStartIndex;
        JsonTokenType found = reader.TokenType;
        if (found == JsonTokenType.Null)
        {
            return default;
        }

        FieldState state = TryRead(ref reader, options, out T? value) ? FieldState.Present : FieldState.Wrong;
        return new Field<T>(state, value, offset, found);
    }

    public sealed override void Write(Utf8JsonWriter writer, Field<T> value, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <summary>Reads the value that the reader stands on, and leaves the reader at its last token in any case.</summary>
    protected abstract bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out T? value);
}

/// <summary>A string.</summary>
internal sealed class StringField : FieldConverter<string>
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out string? value)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            value = reader.GetString();
            return true;
        }

        value = null;
        reader.Skip();
        return false;
    }
}

/// <summary>A flag: <c>true</c>, <c>false</c>, or either as a string. An empty string, which templates make of an unset parameter, means false.</summary>
internal sealed class FlagField : FieldConverter<bool>
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out bool value)
    {
        value = reader.TokenType == JsonTokenType.True;
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return true;
            case JsonTokenType.String:
                string text = reader.GetString()!;
                return text.Length == 0 || bool.TryParse(text, out value);
            default:
                reader.Skip();
                return false;
        }
    }
}

/// <summary>A whole number from 0, also as a string of digits; null for an empty string.</summary>
internal sealed class CountField : FieldConverter<int?>
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out int? value)
    {
        value = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number when reader.TryGetInt32(out int number):
                value = number;
                return number >= 0;
            case JsonTokenType.String:
                string text = reader.GetString()!;
                if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int digits))
                {
                    value = digits;
                    return true;
                }

                return text.Length == 0;
            default:
                reader.Skip();
                return false;
        }
    }
}

/// <summary>An object that the source-generated reader knows.</summary>
internal sealed class ObjectField<T> : FieldConverter<T>
    where T : class
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out T? value)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            // Not JsonSerializer.Deserialize: it would count offsets from the beginning of this object.
            JsonTypeInfo type = options.GetTypeInfo(typeof(T));
            value = ((JsonConverter<T>)type.Converter).Read(ref reader, typeof(T), options);
            return value is not null;
        }

        value = null;
        reader.Skip();
        return false;
    }
}

/// <summary>An array, each element read by another converter.</summary>
internal sealed class ArrayField<T, TElement> : FieldConverter<IReadOnlyList<Field<T>>>
    where TElement : FieldConverter<T>, new()
{
    private readonly TElement _element = new();

    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out IReadOnlyList<Field<T>>? value)
    {
        value = null;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        List<Field<T>> elements = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            long offset = reader.TokenStartIndex;
            JsonTokenType found = reader.TokenType;

            // A null in an array is no absent element: it stands there and is of the wrong type.
            elements.Add(found == JsonTokenType.Null
                ? new Field<T>(FieldState.Wrong, default, offset, found)
                : _element.Read(ref reader, typeof(Field<T>), options));
        }

        value = elements;
        return true;
    }
}

/// <summary>A command: a string with the arguments between commas, or an array with one argument each.</summary>
internal sealed class CommandField : FieldConverter<CommandValue>
{
    private readonly ArrayField<string, StringField> _array = new();

    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out CommandValue value)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.String)
        {
            value = new CommandValue(reader.GetString(), null);
            return true;
        }

        Field<IReadOnlyList<Field<string>>> array = _array.Read(ref reader, typeof(Field<IReadOnlyList<Field<string>>>), options);
        value = new CommandValue(null, array.Value);
        return array.IsPresent;
    }
}

/// <summary>A command in either of its two forms.</summary>
/// <param name="Text">The arguments between commas, or null.</param>
/// <param name="Arguments">The arguments one by one, or null.</param>
internal readonly record struct CommandValue(string? Text, IReadOnlyList<Field<string>>? Arguments);

/// <summary>An array of which only the length counts.</summary>
internal sealed class LengthField : FieldConverter<int>
{
    protected override bool TryRead(ref Utf8JsonReader reader, JsonSerializerOptions options, out int value)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            value++;
            reader.Skip();
        }

        return true;
    }
}
