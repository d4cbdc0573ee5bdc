using System.Text.Json;

namespace EdgeJobs.LocalCloud.Policies;

/// <summary>Parses a policy document. What the local cloud does not evaluate is rejected by name, never ignored.</summary>
internal static class PolicyReader
{
    private const string Version = "2012-10-17";

    // AWS IoT Core's actions for devices. Others are accepted, as on AWS, but get a note.
    private static readonly string[] Actions =
    [
        "iot:Connect", "iot:Publish", "iot:Subscribe", "iot:Receive", "iot:RetainPublish", "iot:DeleteConnection",
        "iot:GetRetainedMessage", "iot:ListRetainedMessages",
        "iot:GetThingShadow", "iot:UpdateThingShadow", "iot:DeleteThingShadow", "iot:ListNamedShadowsForThing",
        "iot:DescribeJobExecution", "iot:GetPendingJobExecutions", "iot:StartNextPendingJobExecution", "iot:UpdateJobExecution",
        "iot:CreateProvisioningClaim", "iot:AssumeRoleWithCertificate", "iot:DescribeCertificate",
    ];

    private static readonly string[] Kinds =
        ["client/", "topic/", "topicfilter/", "thing/", "cert/", "rolealias/", "provisioningtemplate/"];

    public static PolicyDocument Read(string json)
    {
        int length = json.Count(static character => !char.IsWhiteSpace(character));
        if (length > PolicyDocument.MaxCharacters)
        {
            throw new PolicyException(
                $"the document has {length} characters without white space; the maximum is {PolicyDocument.MaxCharacters}");
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new PolicyException($"the document is not valid JSON: {e.Message}");
        }
    }

    private static PolicyDocument Read(JsonElement root)
    {
        CheckMembers(root, "the document", "Version", "Id", "Statement");
        if (!root.TryGetProperty("Version", out JsonElement version)
            || version.ValueKind != JsonValueKind.String
            || version.GetString() != Version)
        {
            throw new PolicyException($"Version must be \"{Version}\"");
        }

        if (!root.TryGetProperty("Statement", out JsonElement statement))
        {
            throw new PolicyException("Statement is missing");
        }

        JsonElement[] elements = statement.ValueKind == JsonValueKind.Array ? [.. statement.EnumerateArray()] : [statement];
        if (elements.Length == 0)
        {
            throw new PolicyException("Statement is empty");
        }

        List<PolicyStatement> statements = [];
        for (int i = 0; i < elements.Length; i++)
        {
            statements.Add(ReadStatement(elements[i], i + 1, elements.Length == 1 ? "Statement" : $"Statement[{i}]"));
        }

        return new PolicyDocument(statements, [.. NotesOn(statements).Distinct(StringComparer.Ordinal)]);
    }

    private static PolicyStatement ReadStatement(JsonElement statement, int number, string where)
    {
        CheckMembers(statement, where, "Sid", "Effect", "Action", "Resource", "Condition");
        string? sid = statement.TryGetProperty("Sid", out JsonElement name) ? Text(name, $"{where}.Sid") : null;
        string? effect = statement.TryGetProperty("Effect", out JsonElement given) ? Text(given, $"{where}.Effect") : null;
        if (effect is not ("Allow" or "Deny"))
        {
            throw new PolicyException($"{where}.Effect must be \"Allow\" or \"Deny\"");
        }

        List<PolicyPattern> actions = [];
        foreach (string action in Texts(statement, "Action", where))
        {
            int colon = action.IndexOf(':', StringComparison.Ordinal);
            if (action != "*" && (colon <= 0 || colon == action.Length - 1))
            {
                throw new PolicyException($"{where}.Action: '{action}' is not a valid action, such as iot:Publish or iot:*");
            }

            actions.Add(PolicyPattern.Parse(action));
        }

        List<PolicyResource> resources = [];
        foreach (string resource in Texts(statement, "Resource", where))
        {
            if (!PolicyResource.TryParse(resource, out PolicyResource parsed))
            {
                throw new PolicyException(
                    $"{where}.Resource: '{resource}' is not a valid resource, such as arn:aws:iot:us-east-1:123456789012:topic/a/b or *");
            }

            resources.Add(parsed);
        }

        return new PolicyStatement(number, sid, effect == "Allow", actions, resources, ReadConditions(statement, where));
    }

    private static List<PolicyCondition> ReadConditions(JsonElement statement, string where)
    {
        List<PolicyCondition> conditions = [];
        if (!statement.TryGetProperty("Condition", out JsonElement block))
        {
            return conditions;
        }

        CheckObject(block, $"{where}.Condition");
        foreach (JsonProperty line in block.EnumerateObject())
        {
            CheckObject(line.Value, $"{where}.Condition.{line.Name}");
            foreach (JsonProperty comparison in line.Value.EnumerateObject())
            {
                string place = $"{where}.Condition.{line.Name}.{comparison.Name}";
                if (!PolicyCondition.TryCreate(
                    line.Name, comparison.Name, Texts(comparison.Value, place), out PolicyCondition condition, out string fault))
                {
                    throw new PolicyException($"{place}: {fault}");
                }

                conditions.Add(condition);
            }
        }

        return conditions;
    }

    private static IEnumerable<string> NotesOn(List<PolicyStatement> statements)
    {
        foreach (PolicyStatement statement in statements)
        {
            foreach (PolicyPattern action in statement.Actions.Where(
                static action => !Actions.Any(known => action.Matches(known, NoVariables.Instance, ignoreCase: true))))
            {
                yield return $"{statement.Name}: {action} is not one of AWS IoT Core's actions for devices";
            }

            foreach (string variable in statement.Resources.SelectMany(static resource => resource.Variables).Where(
                static name => !PolicyVariable.IsKnown(name)))
            {
                yield return $"{statement.Name}: the local cloud does not support ${{{variable}}}, so the resource matches nothing; "
                    + $"supported: {PolicyVariable.Rule}";
            }

            foreach (string resource in statement.Resources.Select(static resource => resource.Text).Where(
                static text => KindOf(text) is { } kind && !Kinds.Any(kind.StartsWith)))
            {
                yield return $"{statement.Name}: {resource} is neither client/, topic/ nor topicfilter/, so it matches no action of a "
                    + "device";
            }
        }

        string?[] regions =
            [.. Resources(statements).Select(static resource => resource.Region).Where(static region => region is not null).Distinct()];
        string?[] accounts =
            [.. Resources(statements).Select(static resource => resource.Account).Where(static account => account is not null).Distinct()];
        if (regions.Length > 1 || accounts.Length > 1)
        {
            yield return $"the resources have several regions or accounts ({string.Join(", ", regions.Concat(accounts))}): on AWS only "
                + "those of the device's endpoint match";
        }

        foreach (string? account in accounts.Where(
            static account => account!.Length != 12 || account.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            yield return $"'{account}' is not an account: replace it with your 12-digit account id before you use the policy on AWS";
        }
    }

    private static IEnumerable<PolicyResource> Resources(List<PolicyStatement> statements) =>
        statements.SelectMany(static statement => statement.Resources);

    // The part after the account, unless a wildcard precedes or starts it.
    private static string? KindOf(string resource)
    {
        string[] fields = resource.Split(':', 6);
        return fields.Length == 6 && fields[5].Length > 0 && !fields[5].Split('/')[0].AsSpan().ContainsAny("*?$") ? fields[5] : null;
    }

    private static void CheckMembers(JsonElement element, string where, params ReadOnlySpan<string> known)
    {
        CheckObject(element, where);
        foreach (JsonProperty member in element.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                string reason = member.Name is "NotAction" or "NotResource" or "Principal" or "NotPrincipal"
                    ? $"{member.Name} is not supported by the local cloud"
                    : $"{member.Name} is unknown";
                throw new PolicyException($"{where}: {reason}; supported members: {string.Join(", ", known.ToArray())}");
            }
        }
    }

    private static void CheckObject(JsonElement element, string where)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new PolicyException($"{where} must be a JSON object");
        }
    }

    private static List<string> Texts(JsonElement statement, string member, string where) =>
        statement.TryGetProperty(member, out JsonElement value)
        ? Texts(value, $"{where}.{member}")
        : throw new PolicyException($"{where}.{member} is missing");

    private static List<string> Texts(JsonElement value, string where)
    {
        List<string> texts = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => Text(item, where))]
            : [Text(value, where)];
        return texts.Count > 0 ? texts : throw new PolicyException($"{where} is empty");
    }

    // Conditions may contain true instead of "true".
    private static string Text(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new PolicyException($"{where} must be a string or an array of strings"),
    };

    private sealed class NoVariables : IPolicyVariables
    {
        public static NoVariables Instance { get; } = new();

        public IReadOnlyList<string> ValuesOf(string name) => [];
    }
}
