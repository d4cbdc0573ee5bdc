using System.Text.Json.Nodes;

namespace EdgeJobs.Fuzz.Specs;

/// <content>Servers, channels, messages and operations.</content>
internal sealed partial class SpecMaker
{
    private static readonly string[] Words = ["a", "b", "a/b", "c/d/e", "x"];
    private static readonly string[] Schemes =
    [
        "application/schema+json;version=draft-07",
        "application/vnd.aai.asyncapi+yaml;version=3.0.0",
        "application/schema+yaml;version=draft-07",
    ];

    private void Servers(JsonObject spec)
    {
        if (!isRich || !random.OneIn(3))
        {
            return;
        }

        JsonObject server = new() { ["host"] = "broker.example:8883", ["protocol"] = random.OneIn(2) ? "mqtt" : "mqtts" };
        switch (random.Below(4))
        {
            case 0:
                server["pathname"] = "/site/1";
                break;
            case 1:
                server["pathname"] = "site/{siteOfServer}";
                server["variables"] = new JsonObject { ["siteOfServer"] = new JsonObject { ["description"] = "The site." } };
                break;
        }

        spec["servers"] = new JsonObject { ["production"] = server };
    }

    private JsonObject Channels()
    {
        JsonObject channels = [];
        int count = random.Between(1, 4);
        for (int i = 0; i < count; i++)
        {
            List<string> levels = [random.Pick(Words)];
            JsonObject parameters = [];
            for (int n = random.Below(4); n > 0; n--)
            {
                string id = Parameter();
                if (!parameters.ContainsKey(id))
                {
                    parameters[id] = ParameterOf();
                    levels.Add(random.Below(6) switch { 0 => "p-{" + id + "}", 1 => "{" + id + "}.json", _ => "{" + id + "}" });
                }

                if (random.OneIn(2))
                {
                    levels.Add(random.Pick(Words));
                }
            }

            bool isUndeclared = isRich && parameters.Count == 0 && random.OneIn(4);
            if (isUndeclared)
            {
                levels.Add("{undeclared}");
            }

            string address = string.Join(isRich && random.OneIn(20) ? "//" : "/", levels) + (random.OneIn(3) ? "" : "/" + i);
            address = (isRich ? random.Below(16) : 16) switch { 0 => "/" + address, 1 => address + "/", _ => address };
            JsonObject channel = new() { ["address"] = address };
            if (!isUndeclared)
            {
                channel["parameters"] = parameters;
            }

            JsonObject messages = [];
            for (int n = isRich && random.OneIn(5) ? random.Between(2, 3) : 1; n > 0; n--)
            {
                messages[Name()] = Message(messages.Count);
            }

            channel["messages"] = messages;
            XName(channel);
            Describe(channel);
            Title(channel);
            channels[Name()] = channel;
        }

        return channels;
    }

    /// <summary>A topic parameter without the characters that a level cannot contain.</summary>
    private string Parameter()
    {
        string id = string.Concat(Name().Where(c => c is not ('/' or '{' or '}' or '+' or '#') && !char.IsControl(c)));
        return id.Length == 0 ? "p" : id;
    }

    private JsonObject ParameterOf()
    {
        JsonObject parameter = [];
        Describe(parameter);
        switch (random.Below(6))
        {
            case 0:
                parameter["enum"] = new JsonArray("on", "off");
                parameter["default"] = "on";
                break;
            case 1:
                parameter["x-schema"] = JsonNode.Parse("""{ "type": "string", "maxLength": 9, "pattern": "^[a-z]+$" }""");
                break;
            case 2:
                parameter["x-schema"] = JsonNode.Parse("""{ "anyOf": [{ "type": "string", "maxLength": 64 }, { "const": "$next" }] }""");
                break;
            case 3:
                parameter["examples"] = new JsonArray("left", "right");
                break;
        }

        return parameter;
    }

    /// <summary>A message. Those of one channel differ in the constant <c>is</c>, so that each can be recognized.</summary>
    private JsonObject Message(int number)
    {
        JsonObject message = [];
        XName(message);
        Title(message);
        if (!isRich)
        {
            message["payload"] = random.OneIn(2)
                ? new() { ["$ref"] = "#/components/schemas/" + Pointer(_schemas[0]) }
                : new JsonObject { ["type"] = "object", ["properties"] = Members(_schemas.Count, 1) };
            return message;
        }

        message["payload"] = random.Below(number > 0 ? 2 : 12) switch
        {
            0 or 1 or 2 => Marked(number),
            3 => Schema(_schemas.Count, 1),
            4 => new JsonObject { ["type"] = "array", ["items"] = Schema(_schemas.Count, 1) },
            5 => new JsonObject { ["type"] = "object", ["additionalProperties"] = Schema(_schemas.Count, 1) },
            6 => new JsonObject(),
            _ => new JsonObject { ["$ref"] = "#/components/schemas/" + Pointer(_schemas[0]) },
        };
        switch (random.Below(20))
        {
            case 0 when number == 0:
                message["payload"] = random.Pick(new JsonObject[]
                {
                    new() { ["type"] = "string" }, new() { ["type"] = "integer" }, new() { ["type"] = "boolean" },
                });
                message["contentType"] = "text/plain";
                break;
            case 1 when number == 0:
                message["payload"] = new JsonObject { ["type"] = "string", ["format"] = "binary" };
                message["contentType"] = "application/octet-stream";
                break;
            case 2 when number == 0:
                message.Remove("payload");
                break;
            case 3:
                message["payload"] = new JsonObject
                {
                    ["schemaFormat"] = random.Pick(Schemes),
                    ["schema"] = message["payload"]!.DeepClone(),
                };
                break;
            case 4:
                message["headers"] = new JsonObject { ["type"] = "object", ["properties"] = Members(_schemas.Count, 2) };
                break;
            case 5:
                message["traits"] = new JsonArray(new JsonObject { ["contentType"] = "application/json", ["summary"] = "From a trait." });
                break;
            case 6:
                message["bindings"] = new JsonObject { ["mqtt"] = new JsonObject { ["payloadFormatIndicator"] = 1 } };
                break;
        }

        if (!random.OneIn(5))
        {
            return message;
        }

        string name = Name();
        _messages[name] = message;
        return new JsonObject { ["$ref"] = "#/components/messages/" + Pointer(name) };
    }

    private JsonObject Marked(int number)
    {
        JsonObject members = Members(_schemas.Count, 1);
        members["is"] = new JsonObject { ["const"] = "message " + number };
        return new JsonObject { ["type"] = "object", ["required"] = new JsonArray("is"), ["properties"] = members };
    }

    private JsonObject Operations(JsonObject channels)
    {
        string[] names = [.. channels.Select(c => c.Key)];
        JsonObject operations = [];
        for (int n = random.Below(4); n > 0; n--)
        {
            string asked = random.Pick(names);

            // The topic of a reply has no other parameters than that of its request. Its channel is another one, but for a few.
            bool isEcho = random.OneIn(30);
            string[] replies = [.. names.Where(n => (n == asked) == isEcho && Parameters(n).IsSubsetOf(Parameters(asked)))];
            JsonObject operation = new() { ["action"] = random.OneIn(3) ? "receive" : "send", ["channel"] = Channel(asked) };
            if ((string)operation["action"]! == "send" && replies.Length > 0 && random.OneIn(2))
            {
                JsonObject reply = new() { ["channel"] = Channel(random.Pick(replies)), ["x-correlation"] = "topic" };
                if (random.OneIn(2))
                {
                    reply["x-rejected"] = new JsonObject { ["channel"] = Channel(random.Pick(replies)) };
                }

                operation["reply"] = reply;
            }
            else if (isRich && random.OneIn(6))
            {
                string[] messages = [.. channels[asked]!["messages"]!.AsObject().Select(m => m.Key)];
                operation["messages"] = new JsonArray(new JsonObject
                {
                    ["$ref"] = "#/channels/" + Pointer(asked) + "/messages/" + Pointer(random.Pick(messages)),
                });
            }

            Decorate(operation);
            operations[Name()] = operation;
        }

        for (int n = isRich ? random.Below(3) : 0; n > 0; n--)
        {
            operations[Name()] = Request(channels);
        }

        return operations;

        HashSet<string> Parameters(string channel) => channels[channel]!["parameters"] is JsonObject parameters
            ? [.. parameters.Select(p => p.Key)]
            : ["undeclared"];
    }

    /// <summary>A request or an answer on channels of its own, with any kind of correlation and of reply address.</summary>
    private JsonObject Request(JsonObject channels)
    {
        string address = "r" + channels.Count;
        JsonObject? correlationId = null;
        JsonObject members = [];
        JsonObject headers = [];
        JsonArray required = [];
        switch (random.Below(6))
        {
            case 0:
                break;
            case 1:
                correlationId = new() { ["location"] = "$message.payload#/token" };
                members["token"] = new JsonObject { ["type"] = "string" };
                break;
            case 2:
                correlationId = new() { ["location"] = "$message.payload#/token" };
                members["token"] = new JsonObject { ["type"] = "integer" };
                required.Add((JsonNode)"token");
                break;
            case 3:
                correlationId = new() { ["location"] = "$message.payload#/meta/id" };
                members["meta"] = JsonNode.Parse(
                    """{ "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "format": "uuid" } } }""");
                required.Add((JsonNode)"meta");
                break;
            default:
                correlationId = new() { ["location"] = "$message.header#/correlation" };
                headers["correlation"] = new JsonObject { ["type"] = "string" };
                break;
        }

        JsonObject reply = [];
        bool isDynamic = random.OneIn(3);
        if (isDynamic)
        {
            bool isMember = random.OneIn(2);
            (isMember ? members : headers)["replyTo"] = new JsonObject { ["type"] = "string" };
            reply["address"] = new JsonObject { ["location"] = isMember ? "$message.payload#/replyTo" : "$message.header#/replyTo" };
        }

        string asked = Name();
        channels[asked] = Exchange(address);
        string answered = Name();
        channels[answered] = Exchange(isDynamic ? null : address + "/reply");
        reply["channel"] = Channel(answered);
        JsonObject operation = new()
        {
            ["action"] = random.OneIn(3) ? "receive" : "send",
            ["channel"] = Channel(asked),
            ["reply"] = reply,
        };
        Decorate(operation);
        return operation;

        JsonObject Exchange(string? topic)
        {
            JsonObject all = Members(_schemas.Count, 1);
            foreach ((string key, JsonNode? member) in members)
            {
                all[key] = member!.DeepClone();
            }

            JsonObject message = new()
            {
                ["payload"] = new JsonObject { ["type"] = "object", ["required"] = required.DeepClone(), ["properties"] = all },
                ["headers"] = new JsonObject { ["type"] = "object", ["properties"] = headers.DeepClone() },
            };
            if (correlationId is not null)
            {
                message["correlationId"] = correlationId.DeepClone();
            }

            return new JsonObject { ["address"] = topic, ["messages"] = new JsonObject { [Name()] = message } };
        }
    }

    private void Decorate(JsonObject operation)
    {
        if (random.OneIn(4))
        {
            JsonObject binding = new() { ["qos"] = random.Below(2), ["messageExpiryInterval"] = 5 };
            if (!isRich || random.OneIn(2))
            {
                operation["bindings"] = new JsonObject { ["mqtt"] = binding };
            }
            else
            {
                operation["traits"] = new JsonArray(new JsonObject { ["bindings"] = new JsonObject { ["mqtt"] = binding } });
            }
        }

        if (isRich && random.OneIn(8))
        {
            operation["security"] = new JsonArray(new JsonObject { ["type"] = "userPassword" });
        }

        XName(operation);
        Title(operation);
        Describe(operation);
    }

    private static JsonObject Channel(string name) => new() { ["$ref"] = "#/channels/" + Pointer(name) };
}
