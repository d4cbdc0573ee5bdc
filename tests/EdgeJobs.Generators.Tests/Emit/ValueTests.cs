namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Values of all kinds: what is read, checked and written.</summary>
public sealed class ValueTests
{
    private static readonly string Spec = SpecText.Payload("""
        { "type": "object", "required": ["number", "text", "any", "undeclared", "list", "raw", "union"],
          "properties": {
            "number": { "type": ["integer", "null"] },
            "text": { "type": "string", "nullable": true, "maxLength": 3 },
            "any": {},
            "list": { "type": ["array", "null"], "items": { "type": ["integer", "null"], "maximum": 9 } },
            "raw": { "type": ["object", "null"] },
            "union": { "oneOf": [{ "type": "string", "maxLength": 2 }, { "type": "integer", "minimum": 5 }, { "type": "null" }] },
            "kind": { "type": ["string", "null"], "enum": ["on", "off", null] },
            "map": { "type": "object", "additionalProperties": { "type": ["string", "null"], "minLength": 1 } },
            "kinds": { "type": "array", "items": { "enum": ["a", "b", null] } },
            "raws": { "type": "array", "items": { "anyOf": [{ "type": "object" }, { "type": "null" }] } },
            "anything": { "type": "array", "items": true } } }
        """);

    private static readonly string Numbers = SpecText.Payload("""
        { "type": "object", "properties": {
            "whole": { "type": "integer" },
            "narrow": { "type": "integer", "format": "int32" },
            "byte": { "type": "integer", "format": "uint8" },
            "wide": { "type": "integer", "format": "uint64", "default": 18 },
            "widest": { "type": "integer", "minimum": 0, "exclusiveMaximum": 18446744073709551616, "default": 18446744073709551615 },
            "seconds": { "type": "integer", "format": "epoch-seconds" },
            "fives": { "type": "integer", "multipleOf": 5, "minimum": -10 },
            "gap": { "anyOf": [{ "type": "integer", "maximum": 5 }, { "type": "integer", "minimum": 10 }, { "const": 7 }] },
            "tenths": { "type": "number", "multipleOf": 0.1 },
            "some": { "type": "number", "enum": [1, 2.5] },
            "closed": { "anyOf": [{ "const": 1 }, { "const": 7 }] },
            "unique": { "type": "array", "uniqueItems": true, "items": { "type": "integer" } } } }
        """);

    private static readonly string Rules = SpecText.Payload("""
        { "type": "object", "minProperties": 1, "maxProperties": 2,
          "anyOf": [{ "required": ["a"] }, { "required": ["b", "c"] }],
          "properties": { "a": { "type": "string" }, "b": { "type": "string" }, "c": {},
            "inner": { "type": "object", "oneOf": [{ "required": ["x"] }, { "required": ["y"] }],
              "properties": { "x": { "type": "integer" }, "y": { "type": "integer" } } } } }
        """);

    [Fact]
    public void Null_and_any_JSON() => CompiledSpec.Run(Spec, """
        const string nulls = "{\"number\":null,\"text\":null,\"any\":null,\"list\":null,\"raw\":null,\"union\":null,\"undeclared\":null}";
        M m = Codec.Read<M>(nulls);
        Assert.Null(m.Number);
        Assert.Null(m.Text);
        Assert.True(m.Any.IsEmpty);
        Assert.Equal(nulls, Codec.Write(m));
        Assert.Equal("", Codec.Violation(m));
        Assert.Equal(
            "list: the required member is missing (byte 0)",
            Codec.Fault<M>("{\"number\":1,\"text\":\"\",\"any\":1,\"raw\":null,\"union\":null}"));

        const string full = "{\"number\":5,\"text\":\"abc\",\"any\":[1, null],\"list\":[1,null,3],\"raw\":{\"x\":1},\"union\":\"ab\","
            + "\"kind\":\"off\",\"map\":{\"a\":\"b\",\"c\":null},"
            + "\"kinds\":[\"a\",null],\"raws\":[{},null],\"anything\":[null,true,\"x\",{}],\"undeclared\":false}";
        m = Codec.Read<M>(full);
        Assert.Equal([1L, null, 3L], m.List!);
        Assert.Equal(MKind.Off, m.Kind);
        Assert.Null(m.Map!["c"]);
        Assert.Equal([MKindsItem.A, null], m.Kinds!);
        Assert.Equal(full, Codec.Write(m));
        Assert.Equal("", Codec.Violation(m));
        Assert.True(MView.TryRead(Encoding.UTF8.GetBytes(full), out MView view, out _));
        int nullCount = 0;
        foreach (JsonNullable<JsonInt64> item in view.List)
        {
            nullCount += item.HasValue ? 0 : 1;
        }

        Assert.Equal(1, nullCount);
        Assert.Equal("text must be at most 3 characters", Codec.Violation(m with { Text = "abcd" }));
        Assert.Equal("list[2] must be at most 9", Codec.Violation(m with { List = [1, null, 10] }));
        Assert.Equal("any must be any JSON value", Codec.Violation(m with { Any = RawJson.FromText("{") }));
        Assert.Equal(
            "map.x must be at least 1 character",
            Codec.Violation(m with { Map = new(new System.Collections.Generic.KeyValuePair<string, string?>("x", "")) }));
        Assert.Equal("kinds[0] must be a value of MKindsItem other than Unknown", Codec.Violation(m with { Kinds = [MKindsItem.Unknown] }));
        Assert.Equal(
            "union must be at most 2 characters if it is a string", Codec.Violation(m with { Union = RawJson.FromText("\"abc\"") }));
        foreach (string number in new[] { "4", "5.5" })
        {
            Assert.Equal(
                "union must be a whole number, at least 5 if it is a number",
                Codec.Violation(m with { Union = RawJson.FromText(number) }));
        }

        Assert.Equal("", Codec.Violation(m with { Union = RawJson.FromText("5") }));
        Assert.Equal("union: the value has the wrong JSON type (byte 9)", Codec.Fault<M>("{\"union\":true}"));
        """);

    [Fact]
    public void Numbers_of_all_widths() => CompiledSpec.Run(Numbers, """
        foreach ((string text, long number) in new[] { ("1.0", 1L), ("1e3", 1000L), ("12.50e1", 125L), ("-0.0", 0L), ("100e-2", 1L),
            ("0e999", 0L),
            ("9223372036854775807.0", long.MaxValue), ("-92233720368547758080e-1", long.MinValue), ("\"12\"", 12L) })
        {
            Assert.Equal(number, Codec.Read<M>("{\"whole\":" + text + "}").Whole);
        }

        foreach (string text in new[] { "1.9", "1e-1", "0.5", "-12.5", "1e-999999999999", "105e-2" })
        {
            Assert.Equal("whole: the value has the wrong JSON type (byte 9)", Codec.Fault<M>("{\"whole\":" + text + "}"));
        }

        foreach (string text in new[] { "9223372036854775808", "1e19", "1e999999999999", "-9223372036854775809.0", "99999999999999999999" })
        {
            Assert.Equal("whole: the number does not fit (byte 9)", Codec.Fault<M>("{\"whole\":" + text + "}"));
        }

        Assert.Equal("narrow: the number does not fit (byte 10)", Codec.Fault<M>("{\"narrow\":3e9}"));
        Assert.Equal("narrow: the value has the wrong JSON type (byte 10)", Codec.Fault<M>("{\"narrow\":1.5}"));
        Assert.Equal(ulong.MaxValue, Codec.Read<M>("{\"wide\":18446744073709551615}").Wide);
        Assert.Equal("{\"wide\":18446744073709551615}", Codec.Again<M>("{\"wide\":1.8446744073709551615e19}"));
        Assert.Equal("wide: the number does not fit (byte 8)", Codec.Fault<M>("{\"wide\":-1}"));
        Assert.Equal(18UL, new M().WideOrDefault);
        Assert.Equal(17L, Codec.Read<M>("{\"seconds\":17.9}").Seconds);
        Assert.Equal("byte must be 0 to 255", Codec.Violation(new M { Byte = 256 }));
        Assert.Equal("fives must be at least -10, a multiple of 5", Codec.Violation(new M { Fives = 6 }));
        Assert.Equal("", Codec.Violation(new M { Fives = -5, Tenths = 0.3, Some = 2.5, Closed = 7, Unique = [1, 2] }));
        Assert.Equal("tenths must be a multiple of 0.1", Codec.Violation(new M { Tenths = 0.35 }));
        Assert.Equal("some must be one of 1, 2.5", Codec.Violation(new M { Some = 2 }));
        foreach (long number in new[] { 5L, 7, 10 })
        {
            Assert.Equal("", Codec.Violation(new M { Gap = number }));
        }

        Assert.Equal("gap must be at most 5, or at least 10, or 7", Codec.Violation(new M { Gap = 6 }));
        Assert.Equal("closed must be one of 1, 7", Codec.Violation(new M { Closed = 2 }));
        Assert.Equal("unique must have no value twice", Codec.Violation(new M { Unique = [1, 2, 1] }));
        """);

    [Fact]
    public void Formats_are_types_or_checked() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "required": ["day"], "properties": {
                "day": { "type": "string", "format": "date" },
                "days": { "type": "array", "items": { "type": ["string", "null"], "format": "date" } },
                "mail": { "type": "string", "format": "email" },
                "address": { "anyOf": [{ "type": "string", "format": "ipv4" }, { "type": "string", "format": "hostname" }] },
                "link": { "type": "string", "format": "iri", "maxLength": 20 } } }
            """),
        """
        const string json = "{\"day\":\"2024-02-29\","
            + "\"days\":[\"0001-01-01\",null],\"mail\":\"a@b\",\"address\":\"1.2.3.4\",\"link\":\"a:é\"}";
        M m = Codec.Read<M>(json);
        Assert.Equal(new DateOnly(2024, 2, 29), m.Day);
        Assert.Equal(json, Codec.Write(m));
        Assert.Equal("", Codec.Violation(m));
        Assert.Equal(new DateOnly(2024, 2, 29), Codec.Read<M>("{\"day\":\"2024\\u002d02-29\"}").Day);
        foreach (string text in new[] { "2023-02-29", "2024-2-29", "2024-02-29Z", "", "2024/02/29", "٢٠٢٤-02-29" })
        {
            Assert.Equal("day: the value has the wrong JSON type (byte 7)", Codec.Fault<M>("{\"day\":\"" + text + "\"}"));
        }

        Assert.Equal("mail must be an email address", Codec.Violation(m with { Mail = "a" }));
        Assert.Equal("", Codec.Violation(m with { Address = "example.com" }));
        Assert.Equal("address must be an IPv4 address, or a host name", Codec.Violation(m with { Address = "a b" }));
        Assert.Equal("link must be at most 20 characters, an IRI", Codec.Violation(m with { Link = "a b" }));
        """);

    [Fact]
    public void Rules_of_whole_objects() => CompiledSpec.Run(Rules, """
        Assert.Equal("the payload must have 1 to 2 members", Codec.Violation(new M()));
        Assert.Equal("", Codec.Violation(new M { A = "" }));
        Assert.Equal("the payload must have a or b and c", Codec.Violation(new M { B = "" }));
        Assert.Equal("", Codec.Violation(new M { B = "", C = RawJson.FromText("1") }));
        Assert.Equal("the payload must have 1 to 2 members", Codec.Violation(new M { A = "", B = "", C = RawJson.FromText("1") }));
        Assert.Equal("inner must have either x or y", Codec.Violation(new M { A = "", Inner = new MInner { X = 1, Y = 2 } }));
        Assert.Equal("inner must have either x or y", Codec.Violation(new M { A = "", Inner = new MInner() }));
        Assert.Equal("", Codec.Violation(new M { A = "", Inner = new MInner { Y = 2 } }));
        """);
}
