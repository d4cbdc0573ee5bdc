using System.Text.Json;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Reads <c>conditions</c>. An unknown one is a fault: the agent must not run a job that the condition may exclude.</summary>
internal static class ConditionReader
{
    public static IReadOnlyList<Condition> Read(JsonElement document, FaultList faults)
    {
        if (!DocumentMembers.TryGet(document, "conditions", JsonValueKind.Array, out JsonElement array))
        {
            return [];
        }

        List<Condition> conditions = [];
        int index = 0;
        foreach (JsonElement element in array.EnumerateArray())
        {
            if (faults.IsFull)
            {
                break;
            }

            string path = faults.Place("conditions", index++);
            if (element.ValueKind == JsonValueKind.Object)
            {
                conditions.Add(Read(element, path, faults));
            }
        }

        return conditions;
    }

    private static Condition Read(JsonElement element, string path, FaultList faults)
    {
        string key = DocumentMembers.Text(element, path, "key", faults) ?? string.Empty;
        if (!BoardFacts.Knows(key) && DocumentMembers.TryGet(element, "key", JsonValueKind.String, out JsonElement place))
        {
            string known = string.Join(", ", BoardFacts.Keys);
            string shown = StatusText.Head(key, DocumentChecker.MaxShown);
            faults.Add(faults.Place(path, "key"), $"'{shown}' is not a known fact; use one of {known}, or osRelease.NAME", place);
        }

        ConditionType type = DocumentMembers.Text(element, path, "type", faults) switch
        {
            "stringNotEqual" => ConditionType.StringNotEqual,
            "stringLike" => ConditionType.StringLike,
            "stringNotLike" => ConditionType.StringNotLike,
            "versionAtLeast" => ConditionType.VersionAtLeast,
            "versionBelow" => ConditionType.VersionBelow,
            _ => ConditionType.StringEqual,
        };
        return new Condition(key, type, DocumentMembers.Texts(element, path, "value", faults));
    }
}
