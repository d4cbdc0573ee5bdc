using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Changes one place of a payload. It makes no strings of digits, which the reader accepts for whole numbers.</summary>
internal static class PayloadMutator
{
    public static JsonNode? Change(JsonNode? payload, Random random)
    {
        JsonNode? copy = payload?.DeepClone();
        List<JsonNode> places = [];
        Collect(copy, places);
        if (places.Count == 0)
        {
            return Other(copy, random);
        }

        switch (places[random.Next(places.Count)])
        {
            case JsonObject owner:
                string name = owner.ElementAt(random.Next(owner.Count)).Key;
                if (random.Next(3) == 0)
                {
                    owner.Remove(name);
                }
                else
                {
                    owner[name] = Other(owner[name], random);
                }

                break;
            case JsonArray list:
                int index = random.Next(list.Count);
                switch (random.Next(4))
                {
                    case 0:
                        list.RemoveAt(index);
                        break;
                    case 1:
                        list.Add(list[index]?.DeepClone());
                        break;
                    case 2:
                        while (list.Count < 16)
                        {
                            list.Add(list[index]?.DeepClone());
                        }

                        break;
                    default:
                        list[index] = Other(list[index], random);
                        break;
                }

                break;
        }

        return copy;
    }

    private static void Collect(JsonNode? node, List<JsonNode> into)
    {
        if (node is JsonObject { Count: > 0 } owner)
        {
            into.Add(owner);
            foreach ((string _, JsonNode? member) in owner)
            {
                Collect(member, into);
            }
        }
        else if (node is JsonArray { Count: > 0 } list)
        {
            into.Add(list);
            foreach (JsonNode? item in list)
            {
                Collect(item, into);
            }
        }
    }

    private static JsonNode? Other(JsonNode? value, Random random)
    {
        if (random.Next(3) > 0)
        {
            switch (value?.GetValueKind())
            {
                case JsonValueKind.Number
                    when decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number):
                    decimal changed = random.Next(7) switch
                    {
                        0 => number + 1,
                        1 => number - 1,
                        // The validator reads numbers beyond 2^53 as doubles, which have no fraction there.
                        2 => Math.Abs(number) < 1e15m ? number + 0.5m : number + 2,
                        3 => -number,
                        4 => number + 300,
                        5 => number - 70_000,
                        _ => 0,
                    };
                    return JsonNode.Parse(changed.ToString(CultureInfo.InvariantCulture));
                case JsonValueKind.String:
                    string text = (string)value!;
                    return random.Next(5) switch
                    {
                        0 => text + "x",
                        1 => "",
                        2 => text.Length > 0 ? text[1..].TrimStart('\udc00', '\ude00') : "x",
                        3 => text.ToUpperInvariant(),
                        _ => text + new string('y', 90),
                    };
                case JsonValueKind.True or JsonValueKind.False:
                    return !(bool)value!;
            }
        }

        return random.Next(7) switch
        {
            0 => null,
            1 => false,
            2 => 7,
            3 => "other",
            4 => new JsonArray(),
            5 => new JsonObject(),
            _ => JsonNode.Parse("1.5"),
        };
    }
}
