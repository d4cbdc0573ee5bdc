using System.Globalization;
using System.Text;

namespace EdgeJobs.Generators.Benchmarks;

/// <summary>
/// A very large spec: each operation with its request, accepted and rejected message and the types in them
/// (six types in all), limits, patterns and descriptions. The same number of operations gives the same text.
/// </summary>
internal static class SyntheticSpec
{
    /// <summary>The description that <see cref="Edited"/> changes, of one type in the middle.</summary>
    private const string Description = "The state of item {0}.";

    public static string Write(int operations)
    {
        StringBuilder spec = new();
        spec.Append(
            """{ "asyncapi": "3.0.0", "info": { "title": "Plant", "version": "1.0.0" }, "defaultContentType": "application/json",""");
        Section(spec, "channels", operations, Channels);
        Section(spec, "operations", operations, Operation);
        spec.Append(""" "components": {""");
        Section(spec, "messages", operations, Messages);
        Section(spec, "schemas", operations, Schemas);
        spec.Append("""
             "parameters": {
              "plant": { "description": "The plant.", "x-schema": { "type": "string", "minLength": 1, "maxLength": 64,
                "pattern": "^[a-zA-Z0-9_-]+$" } },
              "item": { "description": "The item.", "x-schema": { "type": "string", "minLength": 1, "maxLength": 32,
                "pattern": "^[a-z0-9]+$" } }
            } } }
            """);
        return spec.ToString();
    }

    /// <summary>The same spec with another description of one type.</summary>
    public static string Edited(string spec, int operations) =>
        spec.Replace(Fill(Description, operations / 2), Fill("What has become of item {0}.", operations / 2), StringComparison.Ordinal);

    private static void Section(StringBuilder spec, string name, int operations, string perOperation)
    {
        spec.Append(CultureInfo.InvariantCulture, $"\n\"{name}\": {{\n");
        for (int i = 0; i < operations; i++)
        {
            spec.Append(i == 0 ? "" : ",\n").Append(Fill(perOperation, i));
        }

        spec.Append("\n},");
    }

    private static string Fill(string text, int number) =>
        text.Replace("{0}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private const string Channels = """
        "set{0}": { "address": "plants/{plant}/items/{item}/set{0}", "description": "Sets item {0}.",
          "parameters": { "plant": {"$ref": "#/components/parameters/plant"}, "item": {"$ref": "#/components/parameters/item"} },
          "messages": { "m": {"$ref": "#/components/messages/set{0}"} } },
        "set{0}Accepted": { "address": "plants/{plant}/items/{item}/set{0}/accepted", "description": "Item {0} was set.",
          "parameters": { "plant": {"$ref": "#/components/parameters/plant"}, "item": {"$ref": "#/components/parameters/item"} },
          "messages": { "m": {"$ref": "#/components/messages/set{0}Accepted"} } },
        "set{0}Rejected": { "address": "plants/{plant}/items/{item}/set{0}/rejected", "description": "Item {0} was not set.",
          "parameters": { "plant": {"$ref": "#/components/parameters/plant"}, "item": {"$ref": "#/components/parameters/item"} },
          "messages": { "m": {"$ref": "#/components/messages/set{0}Rejected"} } }
        """;

    private const string Operation = """
        "set{0}": { "action": "send", "channel": {"$ref": "#/channels/set{0}"}, "description": "Sets item {0} to a value.",
          "messages": [{"$ref": "#/channels/set{0}/messages/m"}], "bindings": { "mqtt": { "qos": 1 } },
          "reply": { "channel": {"$ref": "#/channels/set{0}Accepted"} },
            "x-rejected": { "channel": {"$ref": "#/channels/set{0}Rejected"} } }
        """;

    private const string Messages = """
        "set{0}": { "correlationId": { "location": "$message.payload#/token" }, "payload": {"$ref": "#/components/schemas/Set{0}Request"} },
        "set{0}Accepted": { "correlationId": { "location": "$message.payload#/token" },
          "payload": {"$ref": "#/components/schemas/Set{0}Response"} },
        "set{0}Rejected": { "correlationId": { "location": "$message.payload#/token" },
          "payload": {"$ref": "#/components/schemas/Set{0}Refusal"} }
        """;

    private const string Schemas = """
        "Set{0}Request": { "type": "object", "description": "Sets item {0}.", "required": ["value"], "properties": {
          "token": { "type": "string", "minLength": 1, "maxLength": 64, "description": "Ties the reply to the request." },
          "value": { "type": "integer", "format": "int64", "minimum": 0, "maximum": 100{0}, "description": "In millivolts." },
          "label": { "type": "string", "maxLength": 120, "pattern": "^[a-zA-Z0-9_-]+$" },
          "force": { "type": "boolean", "default": false },
          "tags": { "type": "object", "maxProperties": 10, "additionalProperties": { "type": "string", "maxLength": 256 } },
          "parts": { "type": "array", "maxItems": 20, "items": {"$ref": "#/components/schemas/Part{0}"} } } },
        "Set{0}Response": { "type": "object", "description": "Item {0} was set.", "properties": {
          "token": { "type": "string", "description": "The token of the request." },
          "timestamp": { "type": "integer", "format": "epoch-seconds", "description": "When the service sent this." },
          "state": { "allOf": [{"$ref": "#/components/schemas/State{0}"}], "description": "What it is now." },
          "document": { "type": "object", "additionalProperties": true, "x-maxBytes": 4096, "description": "Of free form." } } },
        "Set{0}Refusal": { "type": "object", "description": "Item {0} was not set.", "required": ["code"], "properties": {
          "token": { "type": "string", "description": "The token of the request." },
          "code": { "allOf": [{"$ref": "#/components/schemas/Mode{0}"}], "description": "The mode that forbids it." },
          "message": { "type": "string", "description": "The reason in words." } } },
        "State{0}": { "type": "object", "description": "The state of item {0}.", "properties": {
          "mode": { "allOf": [{"$ref": "#/components/schemas/Mode{0}"}], "description": "How it runs." },
          "value": { "type": "number", "description": "In volts." },
          "changedAt": { "type": "string", "format": "date-time", "description": "When it last changed." },
          "parts": { "type": "array", "description": "What it is made of.", "items": {"$ref": "#/components/schemas/Part{0}"} } } },
        "Part{0}": { "type": "object", "description": "A part of item {0}.", "required": ["id"], "properties": {
          "id": { "type": "string", "format": "uuid", "description": "Which one." },
          "size": { "type": "integer", "format": "int32", "minimum": 1 },
          "weight": { "type": "number", "minimum": 0 } } },
        "Mode{0}": { "type": "string", "description": "How item {0} runs.", "enum": ["OFF", "IDLE", "RUNNING", "FAULTY"] }
        """;
}
