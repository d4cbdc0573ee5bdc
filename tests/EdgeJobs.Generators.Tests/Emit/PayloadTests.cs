namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Messages whose payload is not an object with known members.</summary>
public sealed class PayloadTests
{
    private const string Schemas = """
        { "schemas": {
            "Temperature": { "type": "number", "minimum": -50, "maximum": 60, "description": "In degrees Celsius." },
            "Mode": { "type": "string", "enum": ["on", "off"] },
            "Point": { "type": "object", "required": ["x"], "properties": { "x": { "type": "integer" } } } } }
        """;

    [Theory]
    [InlineData("""{ "type": "number" }""", "21.5", "new M(21.5)")]
    [InlineData("""{ "type": "integer", "format": "int32" }""", "-7", "new M(-7)")]
    [InlineData("""{ "type": "boolean" }""", "true", "new M(true)")]
    [InlineData("""{ "type": "string" }""", "\"a\\\"b\"", "new M(\"a\\\"b\")")]
    [InlineData("""{ "type": "string", "enum": ["on", "off"] }""", "\"off\"", "new MMessage(M.Off)")]
    [InlineData("""{ "type": "integer", "enum": [1, 2] }""", "2", "new MMessage(M.Value2)")]
    [InlineData("""{ "type": "string", "format": "uuid" }""", "\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"",
        "new M(Guid.Parse(\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"))")]
    [InlineData("""{ "type": "string", "format": "byte" }""", "\"AQI=\"", "new M(new ByteString(new byte[] { 1, 2 }))")]
    [InlineData("""{ "type": "array", "items": { "type": "integer" } }""", "[1,2]", "new M([1, 2])")]
    [InlineData("""{ "type": "array", "items": { "type": "array", "items": { "type": "string" } } }""", "[[\"a\"],[]]",
        "new M([[\"a\"], []])")]
    [InlineData("""{ "type": "array", "items": { "type": "object", "properties": { "x": { "type": "integer" } } } }""", "[{\"x\":1},{}]",
        "new M([new MItem { X = 1 }, new MItem()])")]
    [InlineData("""{ "type": "object", "additionalProperties": { "type": "integer" } }""", "{\"a\":1}",
        "new M(new ValueMap<long>(new System.Collections.Generic.KeyValuePair<string, long>(\"a\", 1)))")]
    [InlineData("""{ "type": "object" }""", "{\"a\":[1]}", "new M(RawJson.FromText(\"{\\\"a\\\":[1]}\"))")]
    [InlineData("""{ "type": ["string", "integer"] }""", "\"x\"", "new M(RawJson.FromText(\"\\\"x\\\"\"))")]
    [InlineData("""{ "type": ["number", "null"] }""", "null", "new M(null)")]
    [InlineData("""{ "type": ["number", "null"] }""", "0.5", "new M(0.5)")]
    [InlineData("""{ "type": ["string", "null"] }""", "null", "new M(null)")]
    [InlineData("""{ "type": ["array", "null"], "items": { "type": "string" } }""", "null", "new M(null)")]
    [InlineData("""{ "type": ["object", "null"] }""", "null", "new M(default)")]
    [InlineData("""{ "type": ["object", "null"], "properties": { "x": { "type": "integer" } } }""", "null", "new MMessage(null)")]
    [InlineData("""{ "type": ["object", "null"], "properties": { "x": { "type": "integer" } } }""", "{\"x\":3}",
        "new MMessage(new M { X = 3 })")]
    public void A_payload_that_is_no_object_is_a_record_around_its_value(string schema, string json, string value) =>
        CompiledSpec.Run(SpecText.Payload(schema), $$"""
            var expected = {{value}};
            Assert.Equal(expected, Read(expected, {{Quote(json)}}));
            Assert.Equal(expected.GetHashCode(), Read(expected, " " + {{Quote(json)}} + "\n").GetHashCode());
            Assert.Equal({{Quote(json)}}, Codec.Write(expected));
            Assert.Equal("", Codec.Violation(expected));
            static T Read<T>(T sample, string json) where T : class, IMessage<T> => Codec.Read<T>(json);
            """);

    [Theory]
    [InlineData("""{ "type": "number" }""", "\"1\"", "the value has the wrong JSON type (byte 0)")]
    [InlineData("""{ "type": "number" }""", "null", "the value has the wrong JSON type (byte 0)")]
    [InlineData("""{ "type": "number" }""", "1 2", "the payload is not valid JSON (byte 2)")]
    [InlineData("""{ "type": "number" }""", "", "the payload is not valid JSON (byte 0)")]
    [InlineData("""{ "type": "integer", "format": "int32" }""", "3000000000", "the number does not fit (byte 0)")]
    [InlineData("""{ "type": "array", "items": { "type": "integer" } }""", "[1,true]", "the value has the wrong JSON type (byte 3)")]
    [InlineData("""{ "type": "array", "items": { "type": "object", "required": ["x"], "properties": { "x": { "type": "integer" } } } }""",
        "[{}]", "x: the required member is missing (byte 1)")]
    [InlineData("""{ "type": "object", "additionalProperties": { "type": "integer" } }""", "[]",
        "the value has the wrong JSON type (byte 0)")]
    [InlineData("""{ "type": ["string", "integer"] }""", "true", "the value has the wrong JSON type (byte 0)")]
    public void A_payload_of_another_type_is_a_fault(string schema, string json, string fault) =>
        CompiledSpec.Run(SpecText.Payload(schema), $$"""
            Assert.Equal({{Quote(fault)}}, Codec.Fault<M>({{Quote(json)}}));
            Assert.False(M.CanRead(Encoding.UTF8.GetBytes({{Quote(json)}}), out _));
            """);

    [Theory]
    [InlineData("""{ "type": "number", "minimum": 3 }""", "new M(2)", "the payload must be at least 3")]
    [InlineData("""{ "type": "string", "maxLength": 2 }""", "new M(\"abc\")", "the payload must be at most 2 characters")]
    [InlineData("""{ "type": "array", "maxItems": 1, "items": { "type": "integer", "minimum": 3 } }""", "new M([4, 5])",
        "the payload must have at most 1 item")]
    [InlineData("""{ "type": "array", "items": { "type": "integer", "minimum": 3 } }""", "new M([4, 2])", "[1] must be at least 3")]
    [InlineData("""{ "type": "object", "additionalProperties": { "type": "integer", "minimum": 3 } }""",
        "new M(new ValueMap<long>(new System.Collections.Generic.KeyValuePair<string, long>(\"a\", 1)))", "a must be at least 3")]
    [InlineData("""{ "type": "array", "items": { "type": "object", "properties": { "x": { "type": "integer", "maximum": 3 } } } }""",
        "new M([new MItem { X = 4 }])", "[0].x must be at most 3")]
    [InlineData("""{ "type": ["number", "null"], "minimum": 3 }""", "new M(2)", "the payload must be at least 3")]
    public void The_limits_of_a_payload_are_checked(string schema, string value, string violation) =>
        CompiledSpec.Run(SpecText.Payload(schema), $"Assert.Equal({Quote(violation)}, Codec.Violation({value}));");

    [Theory]
    [InlineData("""{ "type": "string" }""", " a\"\u00e4\n", "new M(\" a\\\"\u00e4\\n\")")]
    [InlineData("""{ "type": "string" }""", "", "new M(\"\")")]
    [InlineData("""{ "type": "number" }""", "21.5", "new M(21.5)")]
    [InlineData("""{ "type": "integer" }""", "-12", "new M(-12)")]
    [InlineData("""{ "type": "boolean" }""", "true", "new M(true)")]
    [InlineData("""{ "type": "string", "enum": ["on", "o\"ff"] }""", "o\"ff", "new MMessage(M.OFf)")]
    [InlineData("""{ "type": "integer", "enum": [1, 2] }""", "2", "new MMessage(M.Value2)")]
    [InlineData("""{ "type": "string", "format": "date-time" }""", "2026-11-30T02:00:00+01:00",
        "new M(DateTimeOffset.Parse(\"2026-11-30T02:00:00+01:00\", System.Globalization.CultureInfo.InvariantCulture))")]
    public void A_text_is_the_value_without_quotes(string schema, string text, string value) =>
        CompiledSpec.Run(SpecText.Message($$"""{ "contentType": "text/plain; charset=utf-8", "payload": {{schema}} }"""), $$"""
            var expected = {{value}};
            Assert.Equal(expected, Read(expected, {{Quote(text)}}));
            Assert.Equal({{Quote(text)}}, Codec.Write(expected));
            static T Read<T>(T sample, string json) where T : class, IMessage<T> => Codec.Read<T>(json);
            """);

    [Fact]
    public void A_text_may_have_other_forms_of_numbers_and_Booleans()
    {
        const string spec = """{ "contentType": "text/plain", "payload": { "type": "number", "minimum": 0 } }""";
        CompiledSpec.Run(SpecText.Message(spec), """
            Assert.Equal(new M(7.5), Codec.Read<M>(" +007.5\r\n"));
            Assert.Equal(new M(-7), Codec.Read<M>("-07"));
            Assert.Equal("the payload must be at least 0", Codec.Violation(Codec.Read<M>("-07")));
            Assert.Equal(new M(0), Codec.Read<M>("00"));
            Assert.Equal("the value has the wrong JSON type (byte 0)", Codec.Fault<M>("NaN"));
            Assert.Equal("the value has the wrong JSON type (byte 0)", Codec.Fault<M>(""));
            Assert.Equal("the value has the wrong JSON type (byte 0)", Codec.Fault<M>("1 2"));
            Assert.Equal("the number does not fit (byte 0)", Codec.Fault<M>("1e999"));
            Assert.False(M.CanRead("\"1\""u8, out _));
            """);
        CompiledSpec.Run(SpecText.Message("""{ "contentType": "text/plain", "payload": { "type": "boolean" } }"""), """
            Assert.Equal(new M(true), Codec.Read<M>("True"));
            Assert.Equal(new M(false), Codec.Read<M>("FALSE"));
            Assert.Equal("the value has the wrong JSON type (byte 0)", Codec.Fault<M>("yes\u00e4"));
            """);
        CompiledSpec.Run(SpecText.Message("""{ "contentType": "text/plain", "payload": { "type": "string", "maxLength": 3 } }"""), """
            Assert.False(M.TryRead(new byte[] { 0xFF }, out _, out CodecError error));
            Assert.Equal("the payload is not valid UTF-8 (byte 0)", error.ToString());
            Assert.Equal("the payload must be at most 3 characters", Codec.Violation(new M("abcd")));
            """);
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("image/png")]
    [InlineData("application/cbor")]
    [InlineData("application/vnd.msgpack")]
    public void Other_content_types_are_bytes(string contentType) => CompiledSpec.Run(
        SpecText.Message($$"""{ "contentType": "{{contentType}}", "payload": { "type": "string", "format": "binary", "maxLength": 3 } }"""),
        """
        byte[] payload = { 0xFF, 0, (byte)'"', 0x0A };
        Assert.True(M.TryRead(payload, out M? m, out _));
        Assert.True(M.CanRead(payload, out _));
        Assert.Equal(new M(new ByteString(payload.ToArray())), m);
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(m.Value.Memory, out ArraySegment<byte> slice));
        Assert.Same(payload, slice.Array);
        System.Buffers.ArrayBufferWriter<byte> buffer = new();
        using System.Text.Json.Utf8JsonWriter writer = new(buffer);
        m.WriteTo(writer);
        writer.Flush();
        Assert.Equal(payload, buffer.WrittenSpan.ToArray());
        Assert.Equal(payload, m.ToUtf8Bytes());
        Assert.Equal("", Codec.Write(new M(default)));
        Assert.Equal(new M(default), Codec.Read<M>(""));
        Assert.Equal("", Codec.Violation(m));
        """);

    [Fact]
    public void A_message_without_payload_is_an_empty_record() => CompiledSpec.Run(SpecText.Message("""{ "title": "Nothing" }"""), """
        Assert.Equal("", Codec.Write(new M()));
        Assert.Equal(new M(), Codec.Read<M>(""));
        Assert.Equal(new M(), Codec.Read<M>("what others send"));
        Assert.True(M.CanRead("\u00FF"u8, out _));
        Assert.Equal("", Codec.Violation(new M()));
        """);

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/JSON; charset=utf-8")]
    [InlineData("application/vnd.acme+json")]
    [InlineData("text/json")]
    [InlineData("application/json, text/plain")]
    public void JSON_has_several_content_types(string contentType) => CompiledSpec.Run(
        SpecText.Message($$"""{ "contentType": "{{contentType}}", "payload": { "type": "string" } }"""),
        "Assert.Equal(new M(\"a\"), Codec.Read<M>(\"\\\"a\\\"\"));");

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/xml")]
    [InlineData("image/svg+xml")]
    [InlineData("application/yaml")]
    public void Text_has_several_content_types(string contentType) => CompiledSpec.Run(
        SpecText.Message($$"""{ "contentType": ["{{contentType}}", "application/json"], "payload": { "type": "string" } }"""),
        "Assert.Equal(new M(\"<a>\"), Codec.Read<M>(\"<a>\"));");

    [Fact]
    public void The_default_content_type_holds_for_messages_without_their_own() => CompiledSpec.Run(
        """
        { "asyncapi": "3.0.0", "info": { "title": "Test", "version": "1" }, "defaultContentType": "text/plain",
          "channels": { "c": { "address": "a", "messages": {
            "plain": { "payload": { "type": "string" } }, "quoted": { "contentType": "application/json", "payload": { "type": "string" } },
            "traited": { "traits": [{ "contentType": "application/json" }], "payload": { "type": "string" } } } } } }
        """,
        """
        Assert.Equal("a", Codec.Write(new Plain("a")));
        Assert.Equal("\"a\"", Codec.Write(new Quoted("a")));
        Assert.Equal("\"a\"", Codec.Write(new Traited("a")));
        """);

    [Fact]
    public void The_record_has_the_name_of_the_schema_or_of_the_message() => CompiledSpec.Run(
        SpecText.Channel(
            """
            { "address": "a", "messages": {
                "outside": { "payload": { "$ref": "#/components/schemas/Temperature" } },
                "inside": { "payload": { "$ref": "#/components/schemas/Temperature" }, "contentType": "application/json" },
                "again": { "payload": { "$ref": "#/components/schemas/Temperature" } },
                "spoken": { "payload": { "$ref": "#/components/schemas/Temperature" }, "contentType": "text/plain" },
                "chosen": { "payload": { "$ref": "#/components/schemas/Mode" } },
                "mode": { "payload": { "$ref": "#/components/schemas/Mode" } },
                "value": { "payload": { "type": "integer" } },
                "point": { "payload": { "$ref": "#/components/schemas/Point" } } } }
            """,
            Schemas),
        """
        Assert.Equal("1", Codec.Write(new Temperature(1)));
        Assert.Equal("1", Codec.Write(new Spoken(1)));
        Assert.Equal("\"on\"", Codec.Write(new Chosen(Mode.On)));
        Assert.Equal("\"on\"", Codec.Write(new ModeMessage(Mode.On)));
        Assert.Equal(3, new Value(3).Content);
        Assert.Equal("{\"x\":1}", Codec.Write(new Point { X = 1 }));
        Assert.Equal("{\"x\":1}"u8.ToArray(), new Point { X = 1 }.ToUtf8Bytes());
        Assert.Null(typeof(Point).Assembly.GetType("Test.Specs.Inside"));
        Assert.Null(typeof(Point).Assembly.GetType("Test.Specs.Again"));
        Assert.Equal("the payload must be -50 to 60", Codec.Violation(new Temperature(61)));
        """);

    [Fact]
    public void A_view_reads_a_value_in_place() => CompiledSpec.Run(
        SpecText.Payload("""{ "type": "array", "items": { "type": "string" } }"""),
        """
        byte[] payload = Encoding.UTF8.GetBytes("[\"a\",\"bc\"]");
        int Walk()
        {
            int length = MView.TryRead(payload, out MView view, out _) ? 0 : -100;
            foreach (JsonText text in view.Value)
            {
                length += text.Escaped.Length;
            }

            return length;
        }

        Assert.Equal(3, Walk());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Walk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        """);

    [Fact]
    public void A_secret_is_not_shown() => CompiledSpec.Run(
        SpecText.Payload("""{ "type": "string", "format": "password" }"""),
        "Assert.Equal(\"M { Value = *** }\", new M(\"a\").ToString());");

    [Fact]
    public void A_payload_of_another_schema_language_is_kept_as_it_is() => CompiledSpec.Run(
        SpecText.Channel("""
            { "address": "a", "messages": {
                "avro": { "payload": { "schemaFormat": "application/vnd.apache.avro;version=1.9.0", "schema": { "type": "record" } } },
                "xsd": { "contentType": "application/xml", "payload": { "schemaFormat": "application/xsd", "schema": "<x/>" } },
                "yaml": { "payload": { "schemaFormat": "application/schema+yaml;version=draft-07", "schema": { "type": "integer" } } } } }
            """),
        """
        Assert.Equal("", Codec.Write(new Avro(new ByteString(default))));
        Assert.Equal("<a/>", Codec.Write(new Xsd("<a/>")));
        Assert.Equal("5", Codec.Write(new Yaml(5)));
        """,
        ["EJ0050", "EJ0050"]);

    private static string Quote(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
