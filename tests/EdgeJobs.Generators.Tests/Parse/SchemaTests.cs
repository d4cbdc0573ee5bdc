using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Tests.Parse;

/// <summary>The model of schemas.</summary>
public sealed class SchemaTests
{
    private static readonly StringRule AnyString = StringRule.None;

    public static TheoryData<string, object> Types() => new()
    {
        { """{ "type": "string" }""", new StringRef(AnyString) },
        { """{ "type": ["string", "null"] }""", new StringRef(AnyString) },
        { """{ "type": ["null", "string"] }""", new StringRef(AnyString) },
        { """{ "anyOf": [{ "type": "null" }, { "type": "string" }] }""", new StringRef(AnyString) },
        { """{ "type": "string", "minLength": 1, "maxLength": 64 }""", new StringRef(AnyString with { MinLength = 1, MaxLength = 64 }) },
        { """{ "type": "string", "minLength": 1.0 }""", new StringRef(AnyString with { MinLength = 1 }) },
        { """{ "type": "string", "format": "email" }""", new StringRef(AnyString with { Format = TextFormat.Email }) },
        { """{ "format": "ipv4", "minLength": 9 }""", new StringRef(AnyString with { Format = TextFormat.Ipv4, MinLength = 9 }) },
        { """{ "type": "string", "format": "money" }""", new StringRef(AnyString) },
        { """{ "type": "string", "format": "date" }""", new DateRef() },
        { """{ "const": "on" }""", new StringRef(Closed("on")) },
        { """{ "anyOf": [{ "const": "on" }, { "const": "off" }] }""", new StringRef(Closed("on", "off")) },
        { """{ "anyOf": [{ "type": "string", "maxLength": 3 }, { "const": "$next" }] }""", new StringRef(
            new StringRule(0, 3, null, Equatable.Of("$next"), false)) },
        { """{ "anyOf": [{ "type": "string", "maxLength": 3 }, { "enum": ["$next", "$last"] }] }""", new StringRef(
            new StringRule(0, 3, null, Equatable.Of("$next", "$last"), false)) },
        { """{ "type": "string", "format": "date-time" }""", new DateTimeRef() },
        { """{ "type": "string", "format": "uuid" }""", new UuidRef() },
        { """{ "type": "string", "format": "byte" }""", new BytesRef(-1) },
        { """{ "type": "string", "contentEncoding": "base64", "x-maxBytes": 9 }""", new BytesRef(9) },
        { """{ "type": "integer" }""", Integer(null, null) },
        {
            """{ "type": "integer", "format": "int64", "minimum": -9223372036854775808, "maximum": 9223372036854775807 }""",
            Integer(null, null)
        },
        { """{ "type": "integer", "minimum": 1, "maximum": 10080 }""", Integer(1, 10080) },
        { """{ "type": "integer", "maximum": 18446744073709551615 }""", Integer(null, null) },
        { """{ "type": "integer", "minimum": 0, "maximum": 18446744073709551615 }""", Integer(null, null, IntegerFormat.UInt64) },
        {
            """{ "type": "integer", "minimum": 0, "exclusiveMaximum": 18446744073709551616 }""",
            Integer(null, null, IntegerFormat.UInt64)
        },
        {
            """{ "type": "integer", "exclusiveMinimum": -1, "exclusiveMaximum": 9223372036854775809 }""",
            Integer(null, null, IntegerFormat.UInt64)
        },
        { """{ "type": "integer", "minimum": 0, "exclusiveMaximum": 9223372036854775808 }""", Integer(0, null) },
        { """{ "type": "integer", "format": "uint64", "minimum": 3 }""", Integer(3, null, IntegerFormat.UInt64) },
        { """{ "type": "integer", "format": "uint32" }""", Integer(0, uint.MaxValue) },
        { """{ "type": "integer", "format": "int16" }""", Integer(short.MinValue, short.MaxValue, IntegerFormat.Int32) },
        { """{ "type": "integer", "format": "uint8", "maximum": 9 }""", Integer(0, 9, IntegerFormat.Int32) },
        { """{ "type": "integer", "format": "timestamp" }""", Integer(null, null) },
        { """{ "type": "integer", "format": "int64", "exclusiveMinimum": -9223372036854775810 }""", Integer(null, null) },
        { """{ "type": "integer", "multipleOf": 5 }""", new IntegerRef(
            IntegerFormat.Int64, IntegerRule.None with { MultipleOf = 5 }) },
        { """{ "type": "integer", "multipleOf": 2.5 }""", new IntegerRef(
            IntegerFormat.Int64, IntegerRule.None with { MultipleOf = 5 }) },
        { """{ "type": "integer", "multipleOf": 0.4 }""", new IntegerRef(
            IntegerFormat.Int64, IntegerRule.None with { MultipleOf = 2 }) },
        { """{ "type": "integer", "multipleOf": 0.125 }""", Integer(null, null) },
        { """{ "type": "integer", "multipleOf": 1e-400 }""", Integer(null, null) },
        { """{ "type": "number", "multipleOf": 0.5, "maximum": 1e999 }""", new NumberRef(NumberRule.None with { MultipleOf = 0.5 }) },
        { """{ "type": "number", "enum": [1, 2.5] }""", new NumberRef(NumberRule.None with { Allowed = Equatable.Of(1, 2.5) }) },
        { """{ "enum": [true] }""", new BooleanRef(true) },
        { """{ "enum": [1, "a", false, null] }""", new AnyTypeRef(Equatable.Of<TypeRef>(
            new StringRef(Closed("a")),
            new IntegerRef(IntegerFormat.Int64, IntegerRule.None with { AlsoAllowed = Equatable.Of(1L), IsClosed = true }),
            new BooleanRef(false))) },
        { "{}", AnyTypeRef.Json },
        { "true", AnyTypeRef.Json },
        { """{ "description": "?" }""", AnyTypeRef.Json },
        { """{ "type": "array" }""", new ArrayRef(AnyTypeRef.Json, 0, -1) },
        { """{ "items": { "type": ["integer", "null"] }, "uniqueItems": true }""", new ArrayRef(
            new NullableRef(Integer(null, null)), 0, -1, true) },
        { """{ "type": "null" }""", new AnyTypeRef(Equatable.Of<TypeRef>(new NullRef())) },
        { """{ "minLength": 2 }""", new StringRef(AnyString with { MinLength = 2 }) },
        { """{ "type": "string", "nullable": true }""", new StringRef(AnyString) },
        { """{ "oneOf": [{ "type": "string" }, { "type": "number" }, { "type": "null" }] }""", new AnyTypeRef(
            Equatable.Of<TypeRef>(new StringRef(AnyString), new NumberRef(NumberRule.None))) },
        { """{ "maxLength": 3, "anyOf": [{ "type": "string", "minLength": 2 }, { "const": "" }] }""", new StringRef(
            new StringRule(2, 3, null, Equatable.Of(""), false)) },
        { """{ "anyOf": [{ "enum": ["a", "b"] }, { "enum": ["b", "c"] }] }""", new StringRef(Closed("a", "b", "c")) },
        { """{ "anyOf": [{ "type": "string", "maxLength": 3 }, { "type": "string", "minLength": 9 }] }""", new StringRef(
            AnyString with { MaxLength = 3, Others = Equatable.Of(AnyString with { MinLength = 9 }) }) },
        { """{ "anyOf": [{ "type": "integer", "maximum": 5 }, { "type": "integer", "minimum": 10 }, { "const": 7 }] }""", new IntegerRef(
            IntegerFormat.Int64,
            new IntegerRule(null, 5, Equatable.Of(7L), Others: Equatable.Of(new IntegerRule(10, null, EquatableArray<long>.Empty)))) },
        { """{ "anyOf": [{ "type": "integer", "format": "int32" }, { "type": "integer", "minimum": 5000000000 }] }""", new IntegerRef(
            IntegerFormat.Int64,
            new IntegerRule(int.MinValue, int.MaxValue, EquatableArray<long>.Empty, Others: Equatable.Of(
                new IntegerRule(5000000000, null, EquatableArray<long>.Empty)))) },
        { """{ "anyOf": [{ "type": "integer", "maximum": 5 }, { "type": "integer" }] }""", Integer(null, null) },
        { """{ "anyOf": [{ "type": "number", "maximum": 0.5 }, { "type": "integer", "minimum": 1 }, { "const": 0.75 }] }""", new NumberRef(
            new NumberRule(null, 0.5, Others: Equatable.Of(
                new NumberRule(1, null, 1), NumberRule.None with { Allowed = Equatable.Of(0.75) }))) },
        { """{ "type": "integer", "const": 1 }""", Integer(1, 1) },
        { """{ "anyOf": [{ "const": 9007199254740993 }, { "const": 9223372036854775807 }] }""", new IntegerRef(
            IntegerFormat.Int64, IntegerRule.None with { AlsoAllowed = Equatable.Of(9007199254740993L, long.MaxValue), IsClosed = true }) },
        { """{ "anyOf": [{ "const": 1 }, { "const": 2 }] }""", new IntegerRef(
            IntegerFormat.Int64, IntegerRule.None with { AlsoAllowed = Equatable.Of(1L, 2L), IsClosed = true }) },
        { """{ "anyOf": [{ "type": "integer", "format": "int32" }, { "const": 3000000000 }] }""", new IntegerRef(
            IntegerFormat.Int64, new IntegerRule(int.MinValue, int.MaxValue, Equatable.Of(3000000000L))) },
        { """{ "allOf": [{ "type": "string" }, { "type": "string", "const": "x" }] }""", new StringRef(Closed("x")) },
        { """{ "allOf": [{ "type": "string", "enum": ["a", "b"] }, { "enum": ["b", "c"] }] }""", new EnumRef("MX") },
        { """{ "allOf": [{ "type": "number" }, { "type": "integer" }] }""", Integer(null, null) },
        { """{ "$ref": "#/components/schemas/Text", "type": "integer" }""", new StringRef(AnyString with { MaxLength = 9 }) },
        { """{ "type": "object", "patternProperties": { "^[a]+$": { "type": "boolean" } }, "additionalProperties": false }""", new MapRef(
            new BooleanRef(), new StringRule(1, -1, new CharacterSet("^[a]+$", "a", false), EquatableArray<string>.Empty, false), 0, -1) },
        { """{ "type": "integer", "minimum": 0.5, "maximum": 1e2 }""", Integer(1, 100) },
        { """{ "type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10 }""", Integer(1, 9) },
        { """{ "type": "integer", "exclusiveMinimum": 0.5, "exclusiveMaximum": 9.5 }""", Integer(1, 9) },
        { """{ "type": "integer", "const": 7 }""", Integer(7, 7) },
        { """{ "type": "integer", "format": "int32", "minimum": -2147483648, "maximum": 2147483647 }""", Integer(
            null, null, IntegerFormat.Int32) },
        { """{ "type": "integer", "format": "epoch-seconds", "minimum": 0 }""", Integer(0, null, IntegerFormat.EpochSeconds) },
        { """{ "anyOf": [{ "type": "integer", "minimum": 1 }, { "const": -1 }, { "const": -2 }] }""", new IntegerRef(
            IntegerFormat.Int64, new IntegerRule(1, null, Equatable.Of(-1L, -2L))) },
        { """{ "type": "integer", "enum": [1, 2] }""", new NumericEnumRef("MX") },
        { """{ "enum": [1, null], "type": ["integer", "null"], "format": "int32" }""", new NumericEnumRef("MX") },
        { """{ "type": "boolean", "const": true }""", new BooleanRef(true) },
        { """{ "const": false }""", new BooleanRef(false) },
        { """{ "type": "number" }""", new NumberRef(NumberRule.None) },
        { """{ "type": "number", "format": "double", "minimum": -0.5, "maximum": 1e3 }""", new NumberRef(new NumberRule(-0.5, 1000)) },
        { """{ "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 }""", new NumberRef(
            new NumberRule(double.Epsilon, Math.BitDecrement(1))) },
        { """{ "type": "number", "exclusiveMinimum": -1 }""", new NumberRef(new NumberRule(Math.BitIncrement(-1), null)) },
        { """{ "type": "number", "minimum": -1.7976931348623157E+308, "maximum": 1.7976931348623157E+308 }""", new NumberRef(
            new NumberRule(double.MinValue, double.MaxValue)) },
        { """{ "type": "number", "const": 2, "minimum": 1 }""", new NumberRef(new NumberRule(2, 2)) },
        {
            """{ "type": "integer", "minimum": 1e-40, "exclusiveMaximum": 2147483648, "format": "int32" }""",
            Integer(1, null, IntegerFormat.Int32)
        },
        { """{ "type": "integer", "maximum": -1e-40, "exclusiveMinimum": -9223372036854775809 }""", Integer(null, -1) },
        { """{ "type": "integer", "const": 2, "minimum": 2, "maximum": 3 }""", Integer(2, 2) },
        { """{ "type": "number", "allOf": [{ "maximum": 1e200 }, { "maximum": 1e100 }] }""", new NumberRef(new NumberRule(null, 1e100)) },
        { """{ "type": "boolean" }""", new BooleanRef() },
        { """{ "type": "array", "items": { "type": "string" }, "minItems": 1, "maxItems": 3 }""", new ArrayRef(
            new StringRef(AnyString), 1, 3) },
        { """{ "items": { "type": "array", "items": { "type": "boolean" } } }""", new ArrayRef(
            new ArrayRef(new BooleanRef(), 0, -1), 0, -1) },
        { """{ "type": "object", "additionalProperties": true }""", new RawObjectRef(-1) },
        { """{ "type": "object", "x-maxBytes": 100 }""", new RawObjectRef(100) },
        { """{ "type": "object", "additionalProperties": { "type": "integer" }, "minProperties": 1, "maxProperties": 3 }""", new MapRef(
            Integer(null, null), AnyString, 1, 3) },
        { """{ "type": "object", "additionalProperties": { "type": "boolean" }, "propertyNames": { "maxLength": 3 } }""", new MapRef(
            new BooleanRef(), AnyString with { MaxLength = 3 }, 0, -1) },
        { """{ "type": "object", "additionalProperties": { "type": "boolean" }, "propertyNames": { "enum": ["a", "b"] } }""", new MapRef(
            new BooleanRef(), Closed("a", "b"), 0, -1) },
        { """{ "type": ["string", "array", "null"], "items": { "type": "string" }, "maxLength": 3 }""", new AnyTypeRef(
            Equatable.Of<TypeRef>(new StringRef(AnyString with { MaxLength = 3 }), new ArrayRef(new StringRef(AnyString), 0, -1))) },
        { """{ "type": ["boolean", "integer"], "minimum": 1 }""", new AnyTypeRef(
            Equatable.Of<TypeRef>(new BooleanRef(), Integer(1, null))) },
        { """{ "type": "object", "properties": {} }""", new ObjectRef("MX") },
        { """{ "type": "object", "additionalProperties": false }""", new ObjectRef("MX") },
        { """{ "properties": { "a": { "type": "string" } } }""", new ObjectRef("MX") },
        { """{ "type": "array", "items": { "type": "object", "properties": {} } }""", new ArrayRef(new ObjectRef("MXItem"), 0, -1) },
        { """{ "additionalProperties": { "type": "string", "enum": ["a"] } }""", new MapRef(new EnumRef("MXValue"), AnyString, 0, -1) },
        { """{ "type": "string", "enum": ["a"], "x-name": "Letter" }""", new EnumRef("MLetter") },
        { """{ "$ref": "#/components/schemas/Text" }""", new StringRef(AnyString with { MaxLength = 9 }) },
        { """{ "$ref": "#/components/schemas/%54ext" }""", new StringRef(AnyString with { MaxLength = 9 }) },
        { """{ "$ref": "#/components/schemas/a~1b~0c" }""", new BooleanRef() },
        { """{ "$ref": "#/components/schemas/List/items" }""", new ObjectRef("ListItem") },
        { """{ "$ref": "#/components/schemas/Alias" }""", new ObjectRef("ListItem") },
        { """{ "$ref": "#/components/schemas/Named" }""", new EnumRef("Letter") },
        { """{ "$ref": "#/components/schemas/Text", "description": "x" }""", new StringRef(AnyString with { MaxLength = 9 }) },
        { """{ "$ref": "#/components/schemas/Text", "maxLength": 5 }""", new StringRef(AnyString with { MaxLength = 5 }) },
        { """{ "allOf": [{ "$ref": "#/components/schemas/Text" }, { "minLength": 2 }, { "minLength": 1 }] }""", new StringRef(
            AnyString with { MinLength = 2, MaxLength = 9 }) },
        { """{ "allOf": [{ "type": ["string", "null"] }, { "type": "string" }] }""", new StringRef(AnyString) },
    };

    private const string Schemas = """
        {
          "Text": { "type": "string", "maxLength": 9 },
          "a/b~c": { "type": "boolean" },
          "List": { "type": "array", "items": { "type": "object", "properties": {} } },
          "Alias": { "allOf": [{ "$ref": "#/components/schemas/List/items" }], "title": "Another name" },
          "Named": { "x-name": "Letter", "enum": ["a"] }
        }
        """;

    [Theory]
    [MemberData(nameof(Types))]
    public void A_schema_becomes_a_type(string schema, object type) => Assert.Equal(type, SpecAssert.MemberType(schema, Schemas));

    [Theory]
    [InlineData("^[a-c]+$", "abc", 1, -1)]
    [InlineData("^[a-c]*$", "abc", 0, -1)]
    [InlineData("^[a-c]$", "abc", 1, 1)]
    [InlineData("^[abc]{2}$", "abc", 2, 2)]
    [InlineData("^[abc]{2,}$", "abc", 2, -1)]
    [InlineData("^[abc]{2,4}$", "abc", 2, 4)]
    [InlineData("^[a\\\\-c]+$", "-ac", 1, -1)]
    [InlineData("^[-ac]+$", "-ac", 1, -1)]
    [InlineData("^[ac-]+$", "-ac", 1, -1)]
    [InlineData("^[\\\\d.:\\\\/]+$", "./0123456789:", 1, -1)]
    [InlineData("^[\\\\x41-\\\\u0043]+$", "ABC", 1, -1)]
    [InlineData("^[\\\\]\\\\[^]+$", "[]^", 1, -1)]
    [InlineData("^[\\\\w]+$", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz", 1, -1)]
    public void A_pattern_becomes_a_set(string pattern, string ascii, int minimum, int maximum)
    {
        StringRule rule = Assert.IsType<StringRef>(
            SpecAssert.MemberType("{ \"type\": \"string\", \"pattern\": \"" + pattern + "\" }")).Rule;
        Assert.Equal(new CharacterSet(pattern.Replace("\\\\", "\\", StringComparison.Ordinal), ascii, false), rule.Characters);
        Assert.Equal((minimum, maximum), (rule.MinLength, rule.MaxLength));
    }

    [Theory]
    [InlineData("+", 1)]
    [InlineData("*", 0)]
    public void A_pattern_may_exclude_controls(string count, int minimum)
    {
        StringRule rule = Assert.IsType<StringRef>(
            SpecAssert.MemberType("{ \"type\": \"string\", \"pattern\": \"^[^\\\\p{C}]" + count + "$\", \"maxLength\": 5 }")).Rule;
        Assert.Equal(
            new StringRule(minimum, 5, new CharacterSet("^[^\\p{C}]" + count + "$", "", true), EquatableArray<string>.Empty, false), rule);
    }

    [Fact]
    public void The_stricter_of_two_lengths_applies()
    {
        StringRule rule = Assert.IsType<StringRef>(
            SpecAssert.MemberType("""{ "type": "string", "pattern": "^[a]{2,8}$", "minLength": 4, "maxLength": 10 }""")).Rule;
        Assert.Equal((4, 8), (rule.MinLength, rule.MaxLength));
    }

    [Theory]
    [InlineData("""{ "type": "string" }""", "")]
    [InlineData("""{ "type": "string", "description": "  One.\r\n Two. " }""", "One.\n Two.")]
    [InlineData("""{ "type": "string", "description": "One.\u2028Two." }""", "One.\nTwo.")]
    [InlineData("""{ "$ref": "#/components/schemas/T" }""", "Of the type.")]
    [InlineData("""{ "$ref": "#/components/schemas/T", "description": "Of the member." }""", "Of the member.")]
    [InlineData("""{ "allOf": [{ "$ref": "#/components/schemas/T" }], "description": "Of the member." }""", "Of the member.")]
    public void The_nearest_description_applies(string schema, string description) =>
        Assert.Equal(
            description,
            SpecAssert.Member(schema, """{ "T": { "type": "object", "properties": {}, "description": "Of the type." } }""").Description);

    [Fact]
    public void A_type_keeps_its_own_description()
    {
        string spec = SpecText.Member(
            """{ "$ref": "#/components/schemas/T", "description": "Of the member.", "deprecated": true }""",
            """{ "T": { "type": "object", "properties": {}, "description": "Of the type." } }""");
        ObjectModel type = SpecAssert.Object(SpecAssert.Model(spec), "T");
        Assert.Equal(("Of the type.", false), (type.Description, type.IsDeprecated));
    }

    [Theory]
    [InlineData("""{ "type": "integer", "default": 60 }""", "60")]
    [InlineData("""{ "type": "string", "default": "a\u0001\"" }""", "\"a\\u0001\\\"\"")]
    [InlineData("""{ "type": "boolean", "default": true }""", "true")]
    [InlineData("""{ "type": "array", "items": { "type": "integer" }, "default": [ 1, 2 ] }""", "[1,2]")]
    [InlineData("""{ "type": "object", "default": { "a" : null } }""", "{\"a\":null}")]
    [InlineData("""{ "type": "string", "default": null }""", "null")]
    public void A_default_is_JSON_text(string schema, string text) => Assert.Equal(text, SpecAssert.Member(schema).Default);

    [Fact]
    public void An_enum_has_names_and_descriptions()
    {
        SpecModel model = SpecAssert.Model(SpecText.Member("""
            { "type": "string", "description": "Which.", "enum": ["IN_PROGRESS", "done", "unknown", "<", null],
              "x-enum-descriptions": { "done": " Over. " }, "x-enum-names": { "<": "Less" } }
            """));
        Assert.Equal(
            new EnumModel("MX", "Which.", Equatable.Of<EnumValue>(new(
                "InProgress", "IN_PROGRESS", ""), new("Done", "done", "Over."), new("UnknownValue", "unknown", ""), new("Less", "<", ""))),
            SpecAssert.Enum(model, "MX"));
    }

    [Fact]
    public void Deprecated_and_required_members_are_marked()
    {
        SpecModel model = SpecAssert.Model(SpecText.Payload("""
            { "type": "object", "deprecated": true, "required": ["a"],
              "properties": { "a": { "type": "string", "deprecated": true }, "b": { "type": "string", "deprecated": false } } }
            """));
        ObjectModel type = SpecAssert.Object(model, "M");
        Assert.True(type.IsDeprecated);
        Assert.Equal([(true, true), (false, false)], type.Members.Select(m => (m.IsRequired, m.IsDeprecated)));
    }

    [Fact]
    public void A_member_may_have_the_name_of_a_schema_keyword()
    {
        SpecModel model = SpecAssert.Model(SpecText.Payload("""
            { "type": "object", "properties": {
                "properties": { "type": "object", "properties": { "items": { "type": "object", "properties": {} } } },
                "items": { "type": "array", "items": { "type": "object", "properties": {} } },
                "payload": { "type": "object", "properties": {} } } }
            """));
        Assert.Equal(["M", "MItemsItem", "MPayload", "MProperties", "MPropertiesItems"], model.Types.Select(t => t.Name));
    }

    [Fact]
    public void A_type_that_is_used_often_is_emitted_once()
    {
        SpecModel model = SpecAssert.Model(SpecText.Payload(
            """{ "type": "object", "properties": { "a": { "$ref": "#/components/schemas/T" }, "b": { "type": "array","""
                + """ "items": { "$ref": "#/components/schemas/T" } } } }""",
            """{ "schemas": { "T": { "type": "object", "properties": {} }, "NotUsed": { "oneOf": [] } } }"""));
        Assert.Equal(["M", "T"], model.Types.Select(t => t.Name));
    }

    [Fact]
    public void A_long_chain_of_objects_is_read()
    {
        string chain = string.Join(", ", Enumerable.Range(0, 3000).Select(i =>
            $$"""  "A{{i}}": { "type": "object", "properties": { "x": { "$ref": "#/components/schemas/A{{i + 1}}" } } }"""));
        SpecModel model = SpecAssert.Model(SpecText.Member("""{ "$ref": "#/components/schemas/A0" }""", "{ " + chain
            + """, "A3000": { "type": "object", "properties": {} } }"""));
        Assert.Equal(3002, model.Types.Count);
    }

    private static StringRule Closed(params string[] values) => AnyString with { AlsoAllowed = Equatable.Of(values), IsClosed = true };

    private static IntegerRef Integer(long? minimum, long? maximum, IntegerFormat format = IntegerFormat.Int64) =>
        new(format, new IntegerRule(minimum, maximum, EquatableArray<long>.Empty));
}
