using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Compares payloads by meaning: numbers by value, times by instant, and a null member like an absent one.</summary>
internal static class JsonCompare
{
    public static bool AreEqual(JsonNode? one, JsonNode? other)
    {
        if (one is null || other is null)
        {
            return one is null && other is null;
        }

        if (one.GetValueKind() != other.GetValueKind())
        {
            return false;
        }

        return one switch
        {
            JsonObject first => Equal(first, (JsonObject)other),
            JsonArray first => first.Count == ((JsonArray)other).Count
                && first.Zip((JsonArray)other).All(pair => AreEqual(pair.First, pair.Second)),
            _ => one.GetValueKind() switch
            {
                JsonValueKind.Number => Number(one).Equals(Number(other)),
                JsonValueKind.String => SameText((string)one!, (string)other!),
                _ => true,
            },
        };
    }

    private static bool Equal(JsonObject one, JsonObject other)
    {
        string[] names = [.. one.Concat(other).Where(member => member.Value is not null).Select(member => member.Key).Distinct()];
        return names.All(name => AreEqual(one[name], other[name]));
    }

    private static object Number(JsonNode node)
    {
        string text = node.ToJsonString();
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal exact)
            && exact == Math.Truncate(exact) && Math.Abs(exact) <= ulong.MaxValue
            ? exact
            : double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static bool SameText(string one, string other) => one == other
        || (DateTimeOffset.TryParse(one, CultureInfo.InvariantCulture, out DateTimeOffset first)
            && DateTimeOffset.TryParse(other, CultureInfo.InvariantCulture, out DateTimeOffset second)
            && first == second && first.Offset == second.Offset)
        || (Guid.TryParse(one, out Guid id) && Guid.TryParse(other, out Guid same) && id == same)
        || (one.StartsWith('P') && other.StartsWith('P') && Duration(one) == Duration(other));

    private static TimeSpan? Duration(string text)
    {
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
