using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace EdgeJobs.LocalCloud.Templates;

/// <summary>Parses provisioning templates. AWS features that the local cloud does not support are rejected, never ignored.</summary>
internal sealed class TemplateReader
{
    private const string ThingType = "AWS::IoT::Thing";
    private const string CertificateType = "AWS::IoT::Certificate";
    private const string PolicyType = "AWS::IoT::Policy";

    private readonly Dictionary<string, string?> _parameters = new(StringComparer.Ordinal);
    private readonly List<TemplatePolicy> _policies = [];
    private TemplateThing? _thing;
    private bool _hasCertificate;
    private bool _isActive = true;

    private sealed class TemplateException(string message) : Exception(message);

    public static bool TryRead(string json, [NotNullWhen(true)] out TemplateDocument? document, out string fault)
    {
        document = null;
        fault = string.Empty;
        try
        {
            using JsonDocument parsed = JsonDocument.Parse(json);
            document = new TemplateReader().Read(parsed.RootElement);
            return true;
        }
        catch (JsonException e)
        {
            fault = $"it is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})";
        }
        catch (TemplateException e)
        {
            fault = e.Message;
        }

        return false;
    }

    private TemplateDocument Read(JsonElement root)
    {
        Require(root, JsonValueKind.Object, "the template");
        foreach (JsonProperty member in root.EnumerateObject()
            .Where(m => m.Name is not ("Parameters" or "Resources" or "DeviceConfiguration")))
        {
            throw new TemplateException($"{member.Name} is not supported by the local cloud");
        }

        foreach (JsonProperty parameter in Members(root, "Parameters"))
        {
            Require(parameter.Value, JsonValueKind.Object, "Parameters." + parameter.Name);
            _parameters[parameter.Name] = parameter.Value.TryGetProperty("Default", out JsonElement value)
                ? Literal(value, $"Parameters.{parameter.Name}.Default")
                : null;
        }

        foreach (JsonProperty resource in Members(root, "Resources"))
        {
            ReadResource(resource);
        }

        if (!_hasCertificate)
        {
            throw new TemplateException($"Resources has no {CertificateType}, so no board could connect");
        }

        return new TemplateDocument
        {
            Parameters = _parameters,
            Thing = _thing,
            IsCertificateActive = _isActive,
            Policies = _policies,
            Configuration = Texts(root, "DeviceConfiguration", "DeviceConfiguration"),
        };
    }

    private void ReadResource(JsonProperty resource)
    {
        string place = "Resources." + resource.Name;
        Require(resource.Value, JsonValueKind.Object, place);
        string type = resource.Value.TryGetProperty("Type", out JsonElement named)
            ? Literal(named, place + ".Type")
            : throw new TemplateException($"{place} has no Type");
        JsonElement properties = resource.Value.TryGetProperty("Properties", out JsonElement given)
            ? given
            : throw new TemplateException($"{place} has no Properties");
        Require(properties, JsonValueKind.Object, place + ".Properties");
        switch (type)
        {
            case ThingType when _thing is not null:
                throw new TemplateException($"{place} is a second {ThingType}");
            case ThingType:
                _thing = ReadThing(resource.Value, properties, place);
                break;
            case CertificateType:
                _hasCertificate = true;
                _isActive = !properties.TryGetProperty("Status", out JsonElement status)
                    || Literal(status, place + ".Properties.Status").Equals("ACTIVE", StringComparison.OrdinalIgnoreCase);
                break;
            case PolicyType:
                _policies.Add(ReadPolicy(properties, place));
                break;
            default:
                throw new TemplateException($"{place} has the unsupported type {type}; use {ThingType}, {CertificateType} or {PolicyType}");
        }
    }

    private TemplateThing ReadThing(JsonElement resource, JsonElement properties, string place)
    {
        TemplateText name = Optional(properties, "ThingName", place) ?? throw new TemplateException($"{place}.Properties has no ThingName");
        JsonElement payload = default;
        List<TemplateText> groups = [];
        if (properties.TryGetProperty("AttributePayload", out JsonElement found))
        {
            Require(found, JsonValueKind.Object, place + ".Properties.AttributePayload");
            payload = found;
        }

        if (properties.TryGetProperty("ThingGroups", out JsonElement list))
        {
            Require(list, JsonValueKind.Array, place + ".Properties.ThingGroups");
            groups.AddRange(list.EnumerateArray().Select(one => TextOf(one, place + ".Properties.ThingGroups")));
        }

        OverrideAttributes overriding = OverrideAttributes.DoNothing;
        if (resource.TryGetProperty("OverrideSettings", out JsonElement settings)
            && settings.TryGetProperty("AttributePayload", out JsonElement how))
        {
            overriding = Literal(how, place + ".OverrideSettings.AttributePayload") switch
            {
                "DO_NOTHING" => OverrideAttributes.DoNothing,
                "MERGE" => OverrideAttributes.Merge,
                "REPLACE" => OverrideAttributes.Replace,
                "FAIL" => OverrideAttributes.Fail,
                { } other => throw new TemplateException(
                    $"{place}.OverrideSettings.AttributePayload can't be {other}; use DO_NOTHING, MERGE, REPLACE or FAIL"),
            };
        }

        List<KeyValuePair<string, TemplateText>> attributes = payload.ValueKind == JsonValueKind.Object
            ? [.. payload.EnumerateObject().Select(
                m => KeyValuePair.Create(m.Name, TextOf(m.Value, $"{place}.Properties.AttributePayload.{m.Name}")))]
            : [];
        return new TemplateThing(name, Optional(properties, "ThingTypeName", place), attributes, groups, overriding);
    }

    private TemplatePolicy ReadPolicy(JsonElement properties, string place)
    {
        TemplateText? name = Optional(properties, "PolicyName", place);

        // AWS takes the document as text; an object is easier to write.
        TemplateText? document = properties.TryGetProperty("PolicyDocument", out JsonElement given)
            && given.ValueKind == JsonValueKind.Object
            && !IsFunction(given)
            ? new TemplateText([(false, given.GetRawText())])
            : Optional(properties, "PolicyDocument", place);
        return (name is null) != (document is null)
            ? new TemplatePolicy(name, document)
            : throw new TemplateException($"{place} must have either PolicyName or PolicyDocument");
    }

    private List<KeyValuePair<string, TemplateText>> Texts(JsonElement parent, string name, string place) =>
        [.. Members(parent, name).Select(m => KeyValuePair.Create(m.Name, TextOf(m.Value, $"{place}.{m.Name}")))];

    private TemplateText? Optional(JsonElement properties, string name, string place) =>
        properties.TryGetProperty(name, out JsonElement value) ? TextOf(value, $"{place}.Properties.{name}") : null;

    private TemplateText TextOf(JsonElement value, string place)
    {
        List<(bool, string)> parts = [];
        Add(value);
        return new TemplateText(parts);

        void Add(JsonElement one)
        {
            if (one.ValueKind == JsonValueKind.String)
            {
                parts.Add((false, one.GetString()!));
            }
            else if (one.ValueKind == JsonValueKind.Object
                && one.EnumerateObject().Count() == 1
                && one.TryGetProperty("Ref", out JsonElement reference))
            {
                string parameter = Literal(reference, place + ".Ref");
                parts.Add(_parameters.ContainsKey(parameter) || parameter == TemplateDocument.CertificateId
                    ? (true, parameter)
                    : throw new TemplateException($"{place} refers to the parameter {parameter}, which Parameters does not define"));
            }
            else if (one.ValueKind == JsonValueKind.Object && one.TryGetProperty("Fn::Join", out JsonElement join)
                && join.ValueKind == JsonValueKind.Array && join.GetArrayLength() == 2 && join[1].ValueKind == JsonValueKind.Array)
            {
                string separator = Literal(join[0], place + ".Fn::Join");
                bool first = true;
                foreach (JsonElement joined in join[1].EnumerateArray())
                {
                    parts.AddRange(first || separator.Length == 0 ? [] : [(false, separator)]);
                    first = false;
                    Add(joined);
                }
            }
            else
            {
                throw new TemplateException(
                    $"{place} must be a string, {{\"Ref\": PARAMETER}} or {{\"Fn::Join\": [SEPARATOR, [...]]}}; other functions are not "
                    + "supported by the local cloud");
            }
        }
    }

    private static bool IsFunction(JsonElement value) => value.TryGetProperty("Ref", out _) || value.TryGetProperty("Fn::Join", out _);

    private static JsonElement.ObjectEnumerator Members(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out JsonElement value))
        {
            return default;
        }

        Require(value, JsonValueKind.Object, name);
        return value.EnumerateObject();
    }

    private static string Literal(JsonElement value, string place)
    {
        Require(value, JsonValueKind.String, place);
        return value.GetString()!;
    }

    private static void Require(JsonElement value, JsonValueKind kind, string place)
    {
        if (value.ValueKind != kind)
        {
            throw new TemplateException(
                $"{place} must be {(kind == JsonValueKind.Object ? "an object" : kind == JsonValueKind.Array ? "an array" : "a string")}");
        }
    }
}
