using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Checks a document against the shape that the spec declares, and collects the faults.</summary>
internal static class DocumentChecker
{
    /// <summary>The maximum length of a value or a name in a fault.</summary>
    public const int MaxShown = 64;
    private const int MaxCopied = 256;

    public static void Check(JsonElement document, DocumentShape shape, FaultList faults) => Check(document, shape, string.Empty, faults);

    private static void Check(JsonElement element, DocumentShape shape, string path, FaultList faults)
    {
        if (IsDigits(element, shape, out long digits))
        {
            CheckInteger(element, digits, shape, path, faults);
            return;
        }

        if ((shape.Kinds & KindOf(element)) == 0)
        {
            faults.AddWrong(path, shape.Expected, element);
            return;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object when shape.Alternatives is not null:
                CheckAlternative(element, shape.Discriminator!, shape.Alternatives, path, faults);
                break;
            case JsonValueKind.Object when shape.Members is not null:
                CheckMembers(element, shape.Members, path, faults);
                break;
            case JsonValueKind.Object:
                CheckEntries(element, shape, path, faults);
                break;
            case JsonValueKind.Array:
                CheckElements(element, shape, path, faults);
                break;
            case JsonValueKind.String when shape.IsText is not null && !IsWithin(element, shape.IsText):
                string not = shape.IsListed ? $", not \"{StatusText.Head(element.GetString()!, MaxShown)}\"" : "";
                faults.Add(path, $"must be {shape.Limits}{not}", element);
                break;
            case JsonValueKind.True or JsonValueKind.False
                when shape.IsBoolean is { } only && only != (element.ValueKind == JsonValueKind.True):
                faults.Add(path, $"must be {(only ? "true" : "false")}", element);
                break;
            case JsonValueKind.Number when shape.IsWhole:
                if (element.TryGetInt64(out long number))
                {
                    CheckInteger(element, number, shape, path, faults);
                }
                else
                {
                    faults.AddWrong(path, shape.Expected, element);
                }

                break;
            case JsonValueKind.Number when shape.IsNumber?.Invoke(element.GetDouble()) is false:
                faults.Add(path, $"must be {shape.Limits}", element);
                break;
        }
    }

    /// <summary>Whether a string is within its limits. Allocates nothing for a short string without escapes.</summary>
    private static bool IsWithin(JsonElement element, Func<ReadOnlySpan<char>, bool> isText)
    {
        ReadOnlySpan<byte> text = JsonMarshal.GetRawUtf8Value(element)[1..^1];
        if (text.Length > MaxCopied || text.Contains((byte)'\\'))
        {
            return isText(element.GetString());
        }

        Span<char> characters = stackalloc char[MaxCopied];
        return isText(characters[..Encoding.UTF8.GetChars(text, characters)]);
    }

    private static void CheckAlternative(
        JsonElement element, string member, IReadOnlyDictionary<string, Func<DocumentShape>> alternatives, string path, FaultList faults)
    {
        string place = faults.Place(path, member);
        string one = faults.NeedsPlaces ? "one of " + alternatives.Keys.Join(k => $"\"{k}\"") : string.Empty;
        if (!element.TryGetProperty(member, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            faults.Add(place, $"missing; it must be {one}", element);
        }
        else if (value.ValueKind != JsonValueKind.String)
        {
            faults.AddWrong(place, one, value);
        }
        else if (alternatives.TryGetValue(value.GetString()!, out Func<DocumentShape>? alternative))
        {
            Check(element, alternative(), path, faults);
        }
        else
        {
            faults.Add(place, $"must be {one}, not \"{StatusText.Head(value.GetString()!, MaxShown)}\"", value);
        }
    }

    private static void CheckMembers(JsonElement element, IReadOnlyList<DocumentMember> members, string path, FaultList faults)
    {
        for (int i = 0; i < members.Count && !faults.IsFull; i++)
        {
            DocumentMember member = members[i];
            string place = faults.Place(path, member.Name);
            if (element.TryGetProperty(member.Name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                Check(value, member.Shape, place, faults);
            }
            else if (member.IsRequired)
            {
                faults.Add(place, $"missing; it must be {What(member.Shape)}", element);
            }
        }
    }

    private static void CheckEntries(JsonElement element, DocumentShape shape, string path, FaultList faults)
    {
        int count = 0;
        foreach (JsonProperty entry in element.EnumerateObject())
        {
            if (faults.IsFull)
            {
                return;
            }

            count++;
            string place = faults.NeedsPlaces ? faults.Place(path, StatusText.Head(entry.Name, MaxShown)) : path;
            if (shape.Names?.IsText?.Invoke(entry.Name) is false)
            {
                faults.Add(place, $"its name must be {shape.Names.Limits}", entry.Value);
            }

            if (shape.Items is not null)
            {
                Check(entry.Value, shape.Items, place, faults);
            }
        }

        CheckCount(element, count, shape, path, faults);
        if (shape.MaxBytes is { } most && JsonMarshal.GetRawUtf8Value(element).Length > most)
        {
            faults.Add(path, $"must have at most {most.ToString(CultureInfo.InvariantCulture)} bytes", element);
        }
    }

    private static void CheckElements(JsonElement element, DocumentShape shape, string path, FaultList faults)
    {
        int index = 0;
        foreach (JsonElement item in element.EnumerateArray())
        {
            if (faults.IsFull)
            {
                return;
            }

            if (shape.Items is not null)
            {
                Check(item, shape.Items, faults.Place(path, index), faults);
            }

            index++;
        }

        CheckCount(element, index, shape, path, faults);
    }

    private static void CheckCount(JsonElement element, int count, DocumentShape shape, string path, FaultList faults)
    {
        if (count < shape.MinCount || count > (shape.MaxCount ?? int.MaxValue))
        {
            faults.Add(path, $"must have {shape.Counts}", element);
        }
    }

    private static void CheckInteger(JsonElement element, long number, DocumentShape shape, string path, FaultList faults)
    {
        if (shape.IsInteger?.Invoke(number) is false)
        {
            faults.Add(path, $"must be {shape.Limits}", element);
        }
    }

    /// <summary>Whether a string has a whole number. Job templates insert parameters as strings.</summary>
    private static bool IsDigits(JsonElement element, DocumentShape shape, out long number)
    {
        number = 0;
        return shape.IsWhole && (shape.Kinds & JsonKinds.String) == 0 && element.ValueKind == JsonValueKind.String
            && long.TryParse(element.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    private static JsonKinds KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => JsonKinds.Object,
        JsonValueKind.Array => JsonKinds.Array,
        JsonValueKind.String => JsonKinds.String,
        JsonValueKind.Number => JsonKinds.Number,
        JsonValueKind.True or JsonValueKind.False => JsonKinds.Boolean,
        JsonValueKind.Null => JsonKinds.Null,
        _ => JsonKinds.None,
    };

    private static string What(DocumentShape shape) =>
        shape.Limits.Length > 0 ? shape.Limits : shape.Counts.Length > 0 ? $"{shape.Expected} with {shape.Counts}" : shape.Expected;
}
