using System.Globalization;
using System.Text.Json;

namespace EdgeJobs.Runtime.Documents;

/// <summary>
/// Reads the members of a job document. It ignores values of the wrong type, because <see cref="DocumentChecker"/> has reported them, and
/// adds the faults that a shape can't express.
/// </summary>
internal static class DocumentMembers
{
    public static bool TryGet(JsonElement parent, string name, JsonValueKind kind, out JsonElement value) =>
        parent.TryGetProperty(name, out value) && value.ValueKind == kind;

    /// <summary>Whether there is a member with a value. Templates leave an unset parameter empty.</summary>
    public static bool TryGetSet(JsonElement parent, string name, out JsonElement value) =>
        parent.TryGetProperty(name, out value)
        && value.ValueKind != JsonValueKind.Null
        && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""));

    /// <summary>A string; null if it is absent or empty. Templates leave an unset parameter empty.</summary>
    public static string? Text(JsonElement parent, string path, string name, FaultList faults) =>
        TryGet(parent, name, JsonValueKind.String, out JsonElement value) && value.GetString() is { Length: > 0 } text
            ? WithoutNul(text, faults.Place(path, name), value, faults)
            : null;

    /// <summary>An array of strings; empty if it is absent.</summary>
    public static IReadOnlyList<string> Texts(JsonElement parent, string path, string name, FaultList faults)
    {
        if (!TryGet(parent, name, JsonValueKind.Array, out JsonElement value))
        {
            return [];
        }

        List<string> texts = [];
        AddElements(texts, value, faults.Place(path, name), faults);
        return texts;
    }

    public static void AddElements(List<string> texts, JsonElement array, string path, FaultList faults)
    {
        int index = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            if (faults.IsFull)
            {
                break;
            }

            string place = faults.Place(path, index++);
            if (element.ValueKind == JsonValueKind.String && WithoutNul(element.GetString()!, place, element, faults) is { } text)
            {
                texts.Add(text);
            }
        }
    }

    /// <summary>A Boolean, or a string with one; false if it is absent or an empty string.</summary>
    public static bool Flag(JsonElement parent, string path, string name, FaultList faults)
    {
        if (!parent.TryGetProperty(name, out JsonElement value))
        {
            return false;
        }

        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text)
        {
            if (bool.TryParse(text, out bool flag))
            {
                return flag;
            }

            faults.AddWrong(faults.Place(path, name), "true or false", value);
        }

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>A whole number from 0, or a string with one; null if it is absent or an empty string.</summary>
    public static int? Count(JsonElement parent, string path, string name, FaultList faults)
    {
        if (TryGet(parent, name, JsonValueKind.String, out JsonElement value) && value.GetString() is { Length: > 0 } text
            && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            faults.AddWrong(faults.Place(path, name), "a whole number from 0", value);
        }

        return Number(parent, name) is { } number ? (int)Math.Min(number, int.MaxValue) : null;
    }

    /// <summary>A whole number from 0 of any size, or a string with one; null if it is absent or an empty string.</summary>
    public static long? Whole(JsonElement parent, string path, string name, FaultList faults)
    {
        if (!TryGetSet(parent, name, out JsonElement value) || value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
        {
            return null;
        }

        if (TryGetNumber(value, out long number))
        {
            // The shape has reported a negative one.
            return Math.Max(0, number);
        }

        faults.AddWrong(faults.Place(path, name), "a whole number from 0", value);
        return null;
    }

    /// <summary>A whole number, or a string with one; null if it is absent.</summary>
    public static long? Number(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && TryGetNumber(value, out long number) ? number : null;

    public static bool TryGetNumber(JsonElement value, out long number)
    {
        number = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out number),
            JsonValueKind.String =>
                long.TryParse(value.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
    }

    /// <summary>Rejects a NUL: arguments are C strings, which end there.</summary>
    public static string? WithoutNul(string text, string path, JsonElement value, FaultList faults)
    {
        if (!text.Contains('\0', StringComparison.Ordinal))
        {
            return text;
        }

        faults.Add(path, "contains a NUL character, which can't be passed to a program", value);
        return null;
    }
}
