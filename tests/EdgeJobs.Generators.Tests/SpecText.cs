namespace EdgeJobs.Generators.Tests;

/// <summary>Builds spec documents around the part under test.</summary>
internal static class SpecText
{
    private const string Info = """{ "title": "Test", "version": "1.0.0" }""";

    /// <summary>A message payload with a correlation token.</summary>
    private const string Correlated = """
        { "correlationId": { "location": "$message.payload#/token" },
          "payload": { "type": "object", "x-name": "NAME", "properties": { "token": { "type": "string" } } } }
        """;

    /// <summary>A document from its sections.</summary>
    public static string Document(string channels, string operations = "{}", string components = "{}", string info = Info) => $$"""
        {
          "asyncapi": "3.0.0",
          "info": {{info}},
          "channels": {{channels}},
          "operations": {{operations}},
          "components": {{components}}
        }
        """;

    /// <summary>A document with one channel, <c>c</c>.</summary>
    public static string Channel(string channel, string components = "{}") =>
        Document($$"""{ "c": {{channel}} }""", components: components);

    /// <summary>A document with one channel of an address, without parameters.</summary>
    public static string Address(string address, string parameters = "{}") =>
        Channel($$"""{ "address": {{address}}, "parameters": {{parameters}}, "messages": { "m": { "payload": { "type": "object","""
            + $$""" "properties": {} } } } }""");

    /// <summary>A document with one message.</summary>
    public static string Message(string message, string components = "{}") =>
        Channel($$"""{ "address": "a", "messages": { "m": {{message}} } }""", components);

    /// <summary>A document whose payload is a schema.</summary>
    public static string Payload(string schema, string components = "{}") => Message($$"""{ "payload": {{schema}} }""", components);

    /// <summary>A document whose payload, <c>M</c>, has one member, <c>x</c>, of a schema.</summary>
    public static string Member(string schema, string schemas = "{}") =>
        Payload($$"""{ "type": "object", "properties": { "x": {{schema}} } }""", $$"""{ "schemas": {{schemas}} }""");

    /// <summary>
    /// A document with the channels <c>ask</c>, <c>yes</c>, <c>no</c> (correlated messages) and <c>told</c> (not correlated), and
    /// operations.
    /// </summary>
    public static string Operations(string operations, string components = "{}") => Document(
        $$"""
        {
          "ask": { "address": "ask", "messages": { "m": {{Correlated.Replace("NAME", "Ask")}} } },
          "yes": { "address": "ask/yes", "messages": { "m": {{Correlated.Replace("NAME", "Yes")}} } },
          "no": { "address": "ask/no", "messages": { "m": {{Correlated.Replace("NAME", "No")}} } },
          "told": { "address": "told", "messages": { "m": { "payload": { "type": "object", "x-name": "Told", "properties": {} } } } },
          "two": { "address": "two", "messages": { "a": { "payload": { "type": "object", "x-name": "A", "properties": {} } },
                                                    "b": { "payload": { "type": "object", "x-name": "B", "properties": {} } } } },
          "bare": { "address": "bare" }
        }
        """,
        operations,
        components);

    /// <summary>A document with job operations and schemas.</summary>
    public static string JobOperations(string operations, string schemas) => $$"""
        {
          "asyncapi": "3.0.0",
          "info": {{Info}},
          "channels": {},
          "x-jobOperations": {{operations}},
          "components": { "schemas": {{schemas}} }
        }
        """;

    /// <summary>As <see cref="Operations"/> with one operation, <c>o</c>.</summary>
    public static string Operation(string operation) => Operations($$"""{ "o": {{operation}} }""");
}
