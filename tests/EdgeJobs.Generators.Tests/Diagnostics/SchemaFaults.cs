namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>Faults of schemas.</summary>
public sealed class SchemaFaults
{
    private const string Schemas = """
        { "Wire": { "type": "object", "additionalProperties": true, "x-comment": "No known members." },
          "Nested": { "discriminator": "n", "oneOf": [{ "properties": { "n": { "const": "a" } } },
            { "properties": { "n": { "const": "b" } } }] } }
        """;

    [Theory]
    [InlineData("EJ0005", "must be a schema (an object, true or false), but is a string", "‹\"string\"›")]
    [InlineData("EJ0005", "must be a string, but is the number 1", """{ "type": ‹1› }""")]
    [InlineData("EJ0005", "must be a whole number, but is a string", """{ "type": "string", "maxLength": ‹"5"› }""")]
    [InlineData("EJ0005", "must be a string, but is the number 5", """{ "type": "string", "pattern": ‹5› }""")]
    [InlineData("EJ0005", "must be a number, but is true", """{ "type": "integer", "minimum": 0, "exclusiveMinimum": ‹true› }""")]
    [InlineData("EJ0045", "it is the number 1, which 'type' does not allow", """{ "type": "string", ‹"const"›: 1 }""")]
    [InlineData("EJ0045", "it is a string, which 'type' does not allow", """{ "type": ["integer", "boolean"], ‹"const"›: "1" }""")]
    [InlineData("EJ0005", "must be true or false, but is the number 1", """{ "type": "string", "deprecated": ‹1› }""")]
    [InlineData("EJ0005", "must be a string, but is null", """{ "type": "string", "description": ‹null› }""")]
    [InlineData("EJ0005", "must be an array, but is an object", """{ "allOf": ‹{› } }""")]
    [InlineData("EJ0005", "must be an array, but is an object", """{ "anyOf": ‹{› } }""")]
    [InlineData("EJ0005", "must be an object, but is an array", """{ "type": "object", "properties": ‹[›] }""")]
    [InlineData("EJ0005", "must be an array of strings, but is true", """{ "type": "object", "properties": {}, "required": ‹true› }""")]
    [InlineData("EJ0005", "must be a schema, true or false, but is the number 1", """{ "type": "object", "additionalProperties": ‹1› }""")]
    [InlineData("EJ0045", "is not checked: it is the number 2, which 'type' does not allow", """{ "type": "string", "enum": ["a", ‹2›] }""")]
    [InlineData("EJ0046", "can't be \"1\", so that the code has no default: write a whole number", """{ "type": "integer", "default": ‹"1"› }""")]
    [InlineData("EJ0046", "write true or false", """{ "type": "boolean", "default": ‹0› }""")]
    [InlineData(
        "EJ0005", "must be a schema of strings, but is one of 'integer'",
        """{ "type": "object", "additionalProperties": { "type": "string" }, "propertyNames": { "type": ‹"integer"› } }""")]
    [InlineData(
        "EJ0045", "write alternatives that are all strings",
        """{ "type": "object", "additionalProperties": { "type": "string" },"""
        + """ "propertyNames": { ‹"anyOf"›: [{ "type": "integer" }, { "const": 1 }] } }""")]
    [InlineData("EJ0006", "write a whole number from 0", """{ "type": "string", "maxLength": ‹-1› }""")]
    [InlineData("EJ0006", "write a whole number from 0", """{ "type": "string", "minLength": ‹3000000000.5› }""")]
    [InlineData("EJ0006", "can't be -1e99: write a whole number from 0", """{ "type": "string", "minLength": ‹-1e99› }""")]
    [InlineData(
        "EJ0027", "the least length 2147483647 or more is greater than the greatest, 9",
        """{ "type": "string", "minLength": 3000000000, "maxLength": ‹9› }""")]
    [InlineData(
        "EJ0027",
        "allows nothing, so that its limits are not checked: the least value 1e99 is greater than the greatest, 9223372036854775807",
        """{ "type": "integer", "minimum": ‹1e99› }""")]
    [InlineData("EJ0027", "the greatest, -1e99", """{ "type": "integer", "maximum": ‹-1e99› }""")]
    [InlineData("EJ0028", "lists 1.0 twice", """{ "type": "integer", "enum": [1, ‹1.0›, 1e0] }""")]
    [InlineData(
        "EJ0046", "can't be \"a\\u2028\\u202Eb",
        """{ "type": "integer", "default": ‹"a\u2028\u202Eb"› }""")]
    [InlineData(
        "EJ0047", "is 4294967295, but the format 'int32' allows -2147483648 to 2147483647, so that values beyond it are not read",
        """{ "type": "integer", "format": "int32", "maximum": ‹4294967295› }""")]
    [InlineData(
        "EJ0047", "write a smaller limit, or remove the format", """{ "type": "integer", "format": "int32", "minimum": ‹-2147483649› }""")]
    [InlineData(
        "EJ0047", "the format 'int32' allows",
        """{ "type": "integer", "format": "int32", "exclusiveMaximum": ‹2147483649› }""")]
    [InlineData(
        "EJ0047",
        "is 18446744073709551615, but a whole number that may be below 0 can be -9223372036854775808 to 9223372036854775807, so that"
        + " values beyond it are not read: write a smaller limit, or write a minimum of 0",
        """{ "type": "integer", "minimum": -1, "maximum": ‹18446744073709551615› }""")]
    [InlineData("EJ0045", "write a whole number from", """{ "enum": [9223372036854775807, ‹18446744073709551615›] }""")]
    [InlineData("EJ0045", "write a whole number from", """{ "enum": [-1, ‹18446744073709551615›] }""")]
    [InlineData("EJ0045", "write a whole number from", """{ ‹"const"›: 18446744073709551615 }""")]
    [InlineData("EJ0045", "write a whole number from", """{ "enum": [‹18446744073709551615›, "a"] }""")]
    [InlineData("EJ0045", "a number that double precision can hold", """{ "enum": [0.5, ‹9007199254740993›] }""")]
    [InlineData("EJ0045", "of which a whole number of 64 bits is a multiple", """{ "type": "integer", ‹"multipleOf"›: 1e20 }""")]
    [InlineData("EJ0045", "a number that double precision can hold", """{ "type": "number", ‹"multipleOf"›: 1e400 }""")]
    [InlineData("EJ0046", "it must be a multiple of 5", """{ "type": "integer", "multipleOf": 2.5, "default": ‹4› }""")]
    [InlineData(
        "EJ0035", "no effect on a value of the type that is beside it",
        """{ "type": "object", "properties": { "a": {} }, "oneOf": [‹{› "type": "string" }, { "properties": { "b": {} } }] }""")]
    [InlineData(
        "EJ0011", "refers to '#', which is not a part of the document, but all of it: write '#/' and the names that lead to the part",
        """{ "$ref": ‹"#"› }""")]
    [InlineData(
        "EJ0046",
        "'#/channels/c/messages/m/payload/properties/x/default' can't be 1E400, so that the code has no default: it must be a number",
        """{ "type": "number", "default": ‹1E400› }""")]
    [InlineData("EJ0045", "a number that double precision can hold", """{ "type": "number", ‹"const"›: -1E400 }""")]
    [InlineData("EJ0045", "write a whole number from", """{ "type": "integer", ‹"const"›: 1.5 }""")]
    [InlineData("EJ0045", "the only encoding that is decoded", """{ "type": "string", ‹"contentEncoding"›: "base32" }""")]
    [InlineData("EJ0045", "list the values that are allowed", """{ "type": "string", ‹"enum"›: [] }""")]
    [InlineData("EJ0046", "did you mean 'ON'?", """{ "type": "string", "enum": ["ON", "OFF"], "default": ‹"on"› }""")]
    [InlineData("EJ0046", "it must be 1 to 5", """{ "type": "integer", "minimum": 1, "maximum": 5, "default": ‹6› }""")]
    [InlineData("EJ0046", "it must be in the range of the format", """{ "type": "integer", "format": "int32", "default": ‹3000000000› }""")]
    [InlineData("EJ0046", "it must be at least 0.5", """{ "type": "number", "minimum": 0.5, "default": ‹0› }""")]
    [InlineData("EJ0046", "it must be at most 2 characters", """{ "type": "string", "maxLength": 2, "default": ‹"abc"› }""")]
    [InlineData("EJ0046", "of [a-z]", """{ "type": "string", "pattern": "^[a-z]+$", "default": ‹"A"› }""")]
    [InlineData("EJ0046", "it must be \"x\"", """{ "const": "x", "default": ‹"y"› }""")]
    [InlineData("EJ0046", "it must be always true", """{ "const": true, "default": ‹false› }""")]
    [InlineData("EJ0046", "write one of the values that 'enum' lists", """{ "enum": [1, 2], "default": ‹3› }""")]
    [InlineData("EJ0005", "must be an array, but is a string", """{ "type": "string", "examples": ‹"a"› }""")]
    [InlineData("EJ0006", "write a C# name that begins with a capital", """{ "type": "string", "x-name": ‹"value"› }""")]
    [InlineData(
        "EJ0024", "unknown type 'strng': use one of object, array, string, integer, number, boolean; did you mean 'string'?",
        """{ "type": ‹"strng"› }""")]
    [InlineData("EJ0024", "unknown type 'text'", """{ "type": ["string", ‹"text"›] }""")]
    [InlineData("EJ0035", "no effect on a value of string or boolean", """{ "type": ["string", "boolean"], ‹"minItems"›: 1 }""")]
    [InlineData("EJ0005", "must be an array, but is an object", """{ "oneOf": ‹{› } }""")]
    [InlineData(
        "EJ0005", "must be the name of a member, but is true",
        """{ "discriminator": ‹true›, "oneOf": [{ "properties": {} }, { "properties": {} }] }""")]
    [InlineData(
        "EJ0004", "has no member 'propertyName'", """{ ‹"discriminator"›: {}, "oneOf": [{ "properties": {} }, { "properties": {} }] }""")]
    [InlineData("EJ0035", "no effect on alternatives that 'oneOf' does not list", """{ "discriminator": { "propertyName": "k","""
        + """ "mapping": { ‹"a"›: "Nobody" } }, "oneOf": [{ "properties": { "k": { "const": "a" } } },"""
        + """ { "properties": { "k": { "const": "b" } } }] }""")]
    [InlineData("EJ0007", "which this file does not have", """{ "discriminator": { "propertyName": "k","""
        + """ "mapping": { "a": ‹"#/components/schemas/Nobody"› } }, "oneOf": [{ "properties": { "k": { "const": "a" } } },"""
        + """ { "properties": { "k": { "const": "b" } } }] }""")]
    [InlineData("EJ0045", "list the alternatives, or remove it", """{ ‹"oneOf"›: [] }""")]
    [InlineData("EJ0033", "did you mean 'propertyName'?", """{ "discriminator": { "propertyName": "k", ‹"propertyname"›: "k" },"""
        + """ "oneOf": [{ "properties": { "k": { "const": "a" } } }, { "properties": { "k": { "const": "b" } } }] }""")]
    [InlineData("EJ0035", "no effect on an object with 'properties'", """{ "properties": { "k": { "type": "string" } },"""
        + """ ‹"discriminator"›: "k" }""")]
    [InlineData("EJ0035", "no effect on a choice of objects", """{ ‹"maxLength"›: 5, "discriminator": "k","""
        + """ "oneOf": [{ "properties": { "k": { "const": "a" } } }, { "properties": { "k": { "const": "b" } } }] }""")]
    [InlineData("EJ0045", "say what is allowed instead", """{ "type": "string", ‹"not"›: { "const": "a" } }""")]
    [InlineData("EJ0045", "make the members that depend on others optional", """{ "type": "object", "properties": {}, ‹"if"›: {} }""")]
    [InlineData("EJ0045", "use 'additionalProperties' with a schema", """{ "type": "object", ‹"patternProperties"›: {} }""")]
    [InlineData(
        "EJ0045", "for the members that 'properties' does not list",
        """{ "properties": { "a": {} }, ‹"patternProperties"›: { "^x-": {} } }""")]
    [InlineData(
        "EJ0045", "it excludes the member 'a' that 'properties' lists; let it allow that name, too",
        """{ "properties": { "a": {} }, "additionalProperties": { "type": "string" }, ‹"propertyNames"›: { "pattern": "^x-" } }""")]
    [InlineData("EJ0045", "say in 'description' what the array holds", """{ "type": "array", ‹"contains"›: {}, "minContains": 2 }""")]
    [InlineData("EJ0045", "one schema that holds for every element", """{ "type": "array", ‹"prefixItems"›: [{}] }""")]
    [InlineData("EJ0045", "one schema that holds for every element", """{ "type": "array", ‹"items"›: [{ "type": "string" }] }""")]
    [InlineData(
        "EJ0045", "write it beside the 'properties' that it is about",
        """{ "allOf": [{ "properties": { "a": {} } }, { "properties": { "b": {} }, ‹"additionalProperties"›: { "type": "string" } }] }""")]
    [InlineData("EJ0045", "it is a string, which 'type' does not allow", """{ "type": "integer", "enum": [1, ‹"2"›] }""")]
    [InlineData("EJ0005", "must be an array, but is the number 1", """{ "type": "integer", "enum": ‹1› }""")]
    [InlineData("EJ0045", "it is a string, which 'type' does not allow", """{ "type": "boolean", ‹"const"›: "true" }""")]
    [InlineData("EJ0045", "it is the number 1.5", """{ "type": "integer", "enum": [1, ‹1.5›] }""")]
    [InlineData("EJ0045", "list the values that are allowed", """{ "type": "integer", ‹"enum"›: [] }""")]
    [InlineData(
        "EJ0006", "write one for each of the 2 values of 'enum'", """{ "type": "integer", "enum": [1, 2], ‹"x-enum-names"›: ["One"] }""")]
    [InlineData(
        "EJ0016", "both become 'One' in C#: rename one, or name it with 'x-enum-names'",
        """{ "enum": [1, ‹2›], "x-enum-names": ["One", "One"] }""")]
    [InlineData(
        "EJ0033", "remove it, or add the value to 'enum'",
        """{ "type": "integer", "enum": [10, 20], "x-enum-names": { ‹"345"›: "More" } }""")]
    [InlineData("EJ0035", "no effect on a whole number with an 'enum'", """{ "type": "integer", "enum": [1], ‹"minimum"›: 1 }""")]
    [InlineData("EJ0045", "list the alternatives, or remove it", """{ ‹"anyOf"›: [] }""")]
    [InlineData("EJ0028", "lists \"a\" twice", """{ "type": "string", "enum": ["a", "b", ‹"a"›] }""")]
    [InlineData(
        "EJ0031", "did you mean 'status'?",
        """{ "type": "object", "properties": { "status": { "type": "string" } }, "required": [‹"state"›] }""")]
    [InlineData("EJ0033", "did you mean 'maxLength'?", """{ "type": "string", ‹"maxLenght"›: 5 }""")]
    [InlineData("EJ0033", "remove it, or begin its name with 'x-'", """{ "type": "string", ‹"colour"›: 5 }""")]
    [InlineData(
        "EJ0033", "did you mean 'IN_USE'?", """{ "type": "string", "enum": ["IN_USE"], "x-enum-descriptions": { ‹"INUSE"›: "Taken." } }""")]
    [InlineData(
        "EJ0034", "The format 'datetime' is unknown for strings and has no effect: use 'date-time'",
        """{ "type": "string", "format": ‹"datetime"› }""")]
    [InlineData(
        "EJ0034", "The format 'int46' is unknown for whole numbers and has no effect: use 'int16'",
        """{ "type": "integer", "format": ‹"int46"› }""")]
    [InlineData("EJ0035", "no effect on a whole number", """{ "type": "integer", ‹"maxLength"›: 5 }""")]
    [InlineData("EJ0035", "no effect on a string", """{ "type": "string", ‹"minimum"›: 5 }""")]
    [InlineData("EJ0035", "no effect on a string with an 'enum'", """{ "type": "string", "enum": ["a"], ‹"maxLength"›: 5 }""")]
    [InlineData("EJ0035", "no effect on a date", """{ "type": "string", "format": "date-time", ‹"maxLength"›: 5 }""")]
    [InlineData("EJ0035", "no effect on true or false", """{ "type": "boolean", ‹"pattern"›: "a" }""")]
    [InlineData("EJ0035", "no effect on a string", """{ "type": "string", ‹"properties"›: { "a": {} } }""")]
    public void A_faulty_schema_is_reported(string id, string message, string schema) =>
        SpecAssert.Fault(id, message, SpecText.Member(schema, Schemas));

    [Theory]
    [InlineData("the least length 5 is greater than the greatest, 4", """{ "type": "string", "minLength": 5, "maxLength": ‹4› }""")]
    [InlineData("the least length 1 is greater than the greatest, 0", """{ "type": "string", "pattern": "^[a]+$", "maxLength": ‹0› }""")]
    [InlineData("the least length 3 is greater than the greatest, 2", """{ "type": "string", "pattern": ‹"^[a]{3,2}$"› }""")]
    [InlineData(
        "the least count 2 is greater than the greatest, 1",
        """{ "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": ‹1› }""")]
    [InlineData(
        "the least count 2 is greater than the greatest, 1",
        """{ "type": "object", "additionalProperties": { "type": "string" }, "minProperties": 2, "maxProperties": ‹1› }""")]
    [InlineData("the least value 2 is greater than the greatest, 1", """{ "type": "integer", "minimum": 2, "maximum": ‹1› }""")]
    [InlineData(
        "the least value 2 is greater than the greatest, 1", """{ "type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": ‹2› }""")]
    [InlineData("the least value 2 is greater than the greatest, 1", """{ "type": "integer", "const": 2, "maximum": ‹1› }""")]
    [InlineData("the least value 2 is greater than the greatest, 1", """{ "type": "integer", "minimum": ‹2›, "const": 1 }""")]
    [InlineData(
        "the least value 2.5 is greater than the greatest, 1",
        """{ "type": "number", "const": 2.5, "exclusiveMaximum": 1.5, "maximum": ‹1› }""")]
    [InlineData(
        "the least value above 1.7976931348623157E+308 is greater than",
        """{ "type": "number", "exclusiveMinimum": ‹1.7976931348623157E+308› }""")]
    [InlineData(
        "is greater than the greatest, below -1.7976931348623157E+308",
        """{ "type": "number", "exclusiveMaximum": ‹-1.7976931348623157E+308› }""")]
    [InlineData("the least value 0.5 is greater than the greatest, 0.25", """{ "type": "number", "minimum": 0.5, "maximum": ‹0.25› }""")]
    public void EJ0027_reports_limits_that_allow_no_value(string message, string schema) =>
        SpecAssert.Fault("EJ0027", message, SpecText.Member(schema));

    [Theory]
    [InlineData("because it looks around with '(?'", "^(?=a)b$")]
    [InlineData("because it looks around with '(?'", "(?<!a)b")]
    [InlineData("because of \\\\1", "^(a)\\\\1$")]
    [InlineData("because of \\\\b", "\\\\ba")]
    [InlineData("because of \\\\p", "^\\\\p{L}+$")]
    [InlineData("because a class is not closed", "^[abc$")]
    [InlineData("because a group is not closed", "^(abc$")]
    [InlineData("because of an unmatched ')'", "a)")]
    [InlineData("because a range in a class is reversed", "^[z-a]+$")]
    [InlineData("because of a '+' that repeats nothing", "+a")]
    [InlineData("because the limits of a repetition are reversed", "a{3,2}")]
    [InlineData("because its repetitions are too many", "^((a{99}){99}){99}$")]
    [InlineData("because it needs too many states", "^.*a.{12}$")]
    public void EJ0026_says_why_a_pattern_is_not_checked(string message, string pattern)
    {
        string shown = message.Replace("\\\\", "\\", StringComparison.Ordinal);
        SpecAssert.Fault("EJ0026", shown, SpecText.Member("{ \"type\": \"string\", \"pattern\": ‹\"" + pattern + "\"› }"));
    }

    [Theory]
    [InlineData("'pattern'", """{ "allOf": [{ "type": "string", "pattern": "^[a]+$" }, { ‹"pattern"›: "^[b]+$" }] }""")]
    [InlineData("'type'", """{ "allOf": [{ "type": "string" }], ‹"type"›: "integer" }""")]
    [InlineData("'format'", """{ "allOf": [{ "type": "string", "format": "uuid" }, { ‹"format"›: "date-time" }] }""")]
    [InlineData("'type'", """{ "allOf": [{ "type": "object", "properties": { "a": { "type": "string" } } },"""
        + """ { "properties": { "a": { ‹"type"›: "integer" } } }] }""")]
    public void EJ0030_names_the_keyword_that_merged_schemas_disagree_on(string message, string schema) =>
        SpecAssert.Fault("EJ0030", message, SpecText.Member(schema));

    [Fact]
    public void A_copy_may_be_an_alternative_of_a_second_union() => Assert.Equal(
        ["Circle", "Dot", "First", "M", "Second", "SecondC", "Square"],
        SpecAssert.Model(SpecText.Payload(
            """{ "type": "object", "x-name": "M", "properties": { "x": { "$ref": "#/components/schemas/First" },"""
                + """ "y": { "$ref": "#/components/schemas/Second" } } }""",
            """
            { "schemas": {
                "First": { "discriminator": "k", "oneOf": [{ "$ref": "#/components/schemas/Circle" },
                  { "$ref": "#/components/schemas/Square" }] },
                "Second": { "discriminator": "k", "oneOf": [{ "allOf": [{ "$ref": "#/components/schemas/Circle" }], "properties": {},
                  "x-name": "SecondC" }, { "$ref": "#/components/schemas/Dot" }] },
                "Circle": { "properties": { "k": { "const": "c" } } }, "Square": { "properties": { "k": { "const": "s" } } },
                  "Dot": { "properties": { "k": { "const": "d" } } } } }
            """)).Types.Select(t => t.Name));

    [Fact]
    public void EJ0016_reports_a_name_that_is_chosen_twice() => SpecAssert.Fault(
        "EJ0016",
        "both become 'Id' in C#: rename one, or name it with 'x-name'",
        SpecText.Payload("""{ "type": "object", "properties": { "a": { "type": "string", "x-name": "Id" }, ‹"b"›: { "type": "string","""
            + """ "x-name": "Id" } } }"""));

    [Fact]
    public void EJ0017_reports_a_chosen_name_that_is_too_long() => SpecAssert.Fault(
        "EJ0017",
        "which is longer than 200 bytes",
        SpecText.Payload("{ \"type\": \"object\", \"properties\": { ‹\"a\"›: { \"type\": \"string\", \"x-name\": \"" + new string('N', 201)
            + "\" } } }"));

    [Fact]
    public void EJ0025_reports_an_array_of_itself() => SpecAssert.Fault(
        "EJ0025",
        "so that the code takes any JSON there and does not check it: it is an array or map of itself",
        SpecText.Member(
            """{ "$ref": "#/components/schemas/A" }""",
            """{ ‹"A"›: { "type": "array", "items": { "$ref": "#/components/schemas/A" } } }"""));
}
