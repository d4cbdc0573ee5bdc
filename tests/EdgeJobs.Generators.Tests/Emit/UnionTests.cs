namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Objects that a member distinguishes (<c>oneOf</c>).</summary>
public sealed class UnionTests
{
    private static readonly string Spec = SpecText.Payload(
        """
        { "type": "object", "properties": {
            "shape": { "$ref": "#/components/schemas/Shape", "description": "The one." },
            "shapes": { "type": "array", "items": { "$ref": "#/components/schemas/Shape" } },
            "named": { "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Shape" } },
            "circle": { "$ref": "#/components/schemas/Circle" } } }
        """,
        """
        { "schemas": {
            "Shape": { "description": "What is drawn.", "oneOf": [{ "$ref": "#/components/schemas/Circle" },
              { "$ref": "#/components/schemas/Square" }, { "$ref": "#/components/schemas/Group" }], "discriminator": "kind" },
            "Circle": { "type": "object", "required": ["kind", "radius"], "properties": { "kind": { "const": "circle" },
              "radius": { "type": "integer", "minimum": 1 } } },
            "Square": { "type": "object", "properties": { "kind": { "enum": ["square"] }, "side": { "type": "number" },
              "label": { "type": "string" }, "style": { "type": "object", "additionalProperties": true } } },
            "Group": { "type": "object", "properties": { "kind": { "const": "group" }, "parts": { "type": "array",
              "items": { "$ref": "#/components/schemas/Shape" } }, "back": { "$ref": "#/components/schemas/Shape" } } } } }
        """);

    [Fact]
    public void An_object_is_read_as_its_alternative() => CompiledSpec.Run(Spec, """
        M m = Codec.Read<M>("{\"shape\":{\"radius\":3,\"kind\":\"circle\"},"
            + "\"shapes\":[{\"kind\":\"square\",\"side\":1.5},{\"kind\":\"circle\",\"radius\":1}],"
            + "\"named\":{\"a\":{\"kind\":\"\\u0063ircle\",\"radius\":9}}}");
        Assert.Equal(new Circle { Radius = 3 }, m.Shape);
        Assert.Equal([new Square { Side = 1.5 }, new Circle { Radius = 1 }], m.Shapes);
        Assert.Equal(9, Assert.IsType<Circle>(m.Named!["a"]).Radius);
        Assert.Equal("circle", m.Shape!.Kind);
        """);

    [Fact]
    public void An_object_writes_its_discriminator_first() => CompiledSpec.Run(Spec, """
        M m = new() { Shape = new Circle { Radius = 3 }, Shapes = [new Square { Label = "x" }], Circle = new Circle { Radius = 4 } };
        Assert.Equal(
            "{\"shape\":{\"kind\":\"circle\",\"radius\":3},\"shapes\":[{\"kind\":\"square\",\"label\":\"x\"}],"
            + "\"circle\":{\"kind\":\"circle\",\"radius\":4}}",
            Codec.Write(m));
        Assert.Equal(m, Codec.Read<M>(Codec.Write(m)));
        """);

    [Fact]
    public void An_unknown_alternative_is_kept_and_written_back() => CompiledSpec.Run(Spec, """
        string json = "{\"shape\":{\"corners\":[1,  2],\"kind\":\"star\"},\"shapes\":[{\"kind\":\"\"}]}";
        M m = Codec.Read<M>(json);
        UnknownShape star = Assert.IsType<UnknownShape>(m.Shape);
        Assert.Equal("star", star.Kind);
        Assert.Equal("{\"corners\":[1,  2],\"kind\":\"star\"}", star.Json.ToString());
        Assert.Equal(json, Codec.Write(m));
        Assert.Equal("", Codec.Violation(m));
        Assert.Equal("shape.kind must be a string in one JSON object",
          Codec.Violation(new M { Shape = new UnknownShape(RawJson.FromText("{}")) }));
        Assert.Equal("shape.kind must be a string in one JSON object", Codec.Violation(new M { Shape = new UnknownShape(default) }));
        """);

    [Fact]
    public void Groups_may_hold_groups() => CompiledSpec.Run(Spec, """
        Group inner = new() { Parts = [new Circle { Radius = 1 }], Back = new Group() };
        M m = new() { Shape = new Group { Parts = [inner, inner], Back = inner } };
        Assert.Equal(m, Codec.Read<M>(Codec.Write(m)));
        Assert.Equal("shape.back.parts[0].radius must be at least 1",
          Codec.Violation(new M { Shape = new Group { Back = new Group { Parts = [new Circle { Radius = 0 }] } } }));
        string deep = string.Concat(Enumerable.Repeat("{\"kind\":\"group\",\"back\":", 62)) + "{\"kind\":\"group\"}" + new string('}', 62);
        Assert.Equal("{\"shape\":" + deep + "}", Codec.Again<M>("{\"shape\":" + deep + "}"));
        Assert.Contains("not valid JSON", Codec.Fault<M>("{\"shape\":{\"kind\":\"group\",\"back\":" + deep + "}}"));
        """);

    [Fact]
    public void A_view_reads_the_alternative_in_place() => CompiledSpec.Run(Spec, """
        byte[] payload = Encoding.UTF8.GetBytes("{\"shape\":{\"kind\":\"square\",\"side\":2,\"label\":\"ab\",\"style\":{\"x\":1}},"
            + "\"shapes\":[{\"kind\":\"star\"},{\"kind\":\"circle\",\"radius\":5}]}");
        long Walk()
        {
            if (!MView.TryRead(payload, out MView view,
              out _) || !view.Shape.TryGetSquare(out SquareView square) || view.Shape.TryGetCircle(out _))
            {
                return -1;
            }

            long sum = (long)(square.Side ?? 0) + square.Label.Escaped.Length + square.Style.Utf8.Length;
            foreach (ShapeView shape in view.Shapes)
            {
                sum += shape.Alternative == ShapeAlternative.Circle && shape.TryGetCircle(out CircleView circle)
                  ? circle.Radius.GetValueOrDefault() : shape.Raw.Utf8.Length;
            }

            return view.Shape.Alternative == ShapeAlternative.Square && view.Shape.Kind.Equals("square"u8) ? sum : -2;
        }

        long expected = 2 + 2 + "{\"x\":1}".Length + "{\"kind\":\"star\"}".Length + 5;
        Assert.Equal(expected, Walk());
        long before = GC.GetAllocatedBytesForCurrentThread();
        long again = Walk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(expected, again);
        Assert.True(MView.TryRead(payload, out MView read, out _));
        Assert.True(read.Shape.TryGetSquare(out SquareView slice));
        RawJson style = slice.ToModel(payload).Style;
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(style.Utf8, out ArraySegment<byte> segment));
        Assert.Same(payload, segment.Array);
        """);

    [Theory]
    [InlineData("""{"shape":{"radius":3}}""", "shape.kind: the required member is missing (byte 9)")]
    [InlineData("""{"shape":{"kind":null}}""", "shape.kind: the required member is missing (byte 9)")]
    [InlineData("""{"shape":{"kind":7}}""", "shape.kind: the value has the wrong JSON type (byte 17)")]
    [InlineData("""{"shape":"circle"}""", "shape: the value has the wrong JSON type (byte 9)")]
    [InlineData("""{"shape":{"kind":"circle"}}""", "shape.radius: the required member is missing (byte 9)")]
    [InlineData("""{"shapes":[{"kind":"circle","radius":"x"}]}""", "shapes.radius: the value has the wrong JSON type (byte 37)")]
    public void A_faulty_object_is_reported(string json, string fault) =>
        CompiledSpec.Run(Spec, "Assert.Equal(" + Quote(fault) + ", Codec.Fault<M>(" + Quote(json) + "));");

    [Theory]
    [InlineData("""{"circle":{"radius":3}}""", "circle.kind: the required member is missing (byte 10)")]
    [InlineData("""{"circle":{"kind":"square","radius":3}}""", "circle.kind: the value is not the one that the spec requires (byte 18)")]
    [InlineData("""{"circle":{"kind":1,"radius":3}}""", "circle.kind: the value has the wrong JSON type (byte 18)")]
    public void An_alternative_by_itself_has_its_constant_too(string json, string fault) =>
        CompiledSpec.Run(Spec, "Assert.Equal(" + Quote(fault) + ", Codec.Fault<M>(" + Quote(json) + "));");

    [Fact]
    public void An_alternative_by_itself_may_lack_a_constant_that_is_not_required() => CompiledSpec.Run(Spec, """
        Assert.Equal(new Square { Side = 2 }, Codec.Read<Square>("{\"side\":2}"));
        Assert.Equal("kind: the value is not the one that the spec requires (byte 8)", Codec.Fault<Square>("{\"kind\":\"circle\"}"));
        """);

    [Fact]
    public void A_payload_may_be_a_union() => CompiledSpec.Run(
        SpecText.Payload(
            """
            { "discriminator": { "propertyName": "type", "mapping": { "on": "#/components/schemas/SwitchOn", "off": "SwitchOff" } },
              "oneOf": [{ "$ref": "#/components/schemas/SwitchOn" }, { "$ref": "#/components/schemas/SwitchOff" }] }
            """,
            """{ "schemas": { "SwitchOn": { "type": "object", "properties": { "type": { "type": "string" },"""
                + """ "level": { "type": "integer" } } }, "SwitchOff": { "type": "object","""
                + """ "properties": { "type": { "type": "string" } } } } }"""),
        """
        Assert.Equal(new SwitchOn { Level = 7 }, Codec.Read<M>("{\"type\":\"on\",\"level\":7}"));
        Assert.Equal("{\"type\":\"off\"}", Codec.Write<M>(new SwitchOff()));
        Assert.Equal("dim", Codec.Read<M>("{\"type\":\"dim\"}").Type);
        Assert.Equal("{\"type\":\"on\",\"level\":1}", Codec.Again<SwitchOn>("{\"level\":1}"));
        """);

    [Fact]
    public void The_discriminator_may_be_inherited_or_inferred() => CompiledSpec.Run(
        SpecText.Payload(
            """
            { "type": "object", "properties": {
                "pet": { "oneOf": [{ "$ref": "#/components/schemas/Cat" }, { "$ref": "#/components/schemas/Dog" }] },
                "event": { "oneOf": [
                    { "type": "object", "properties": { "on": { "type": "boolean" }, "op": { "const": "power" } } },
                    { "type": "object", "properties": { "op": { "const": "dim-to" }, "level": { "type": "integer" } } },
                    { "type": "null" }] } } }
            """,
            """
            { "schemas": {
                "Pet": { "type": "object", "discriminator": "petType", "properties": { "petType": { "type": "string" },
                  "name": { "type": "string" } }, "required": ["petType"] },
                "Cat": { "allOf": [{ "$ref": "#/components/schemas/Pet" }, { "properties": { "lives": { "type": "integer" } } }] },
                "Dog": { "allOf": [{ "$ref": "#/components/schemas/Pet" }, { "properties": { "trained": { "type": "boolean" } } }] } } }
            """),
        """
        M m = Codec.Read<M>("{\"pet\":{\"petType\":\"Cat\",\"name\":\"Tom\",\"lives\":9},\"event\":{\"op\":\"dim-to\",\"level\":3}}");
        Assert.Equal(new Cat { Name = "Tom", Lives = 9 }, m.Pet);
        Assert.Equal(new MEventDimTo { Level = 3 }, m.Event);
        Assert.Equal("{\"event\":{\"op\":\"power\",\"on\":true}}", Codec.Write(new M { Event = new MEventPower { On = true } }));
        Assert.Null(Codec.Read<M>("{\"event\":null}").Event);
        """);

    [Fact]
    public void An_object_with_a_discriminator_is_one_of_those_that_include_it() => CompiledSpec.Run(
        SpecText.Payload(
            """{ "type": "object", "properties": { "pet": { "$ref": "#/components/schemas/Pet" } } }""",
            """
            { "schemas": {
                "Pet": { "type": "object", "discriminator": { "propertyName": "petType" }, "required": ["petType"],
                  "properties": { "petType": { "type": "string" }, "name": { "type": "string" } } },
                "Cat": { "allOf": [{ "$ref": "#/components/schemas/Pet" }, { "properties": { "lives": { "type": "integer" } } }] },
                "Dog": { "allOf": [{ "$ref": "#/components/schemas/Pet" }], "properties": { "trained": { "type": "boolean" } } } } }
            """),
        """
        M tom = Codec.Read<M>("{\"pet\":{\"petType\":\"Cat\",\"name\":\"Tom\",\"lives\":9}}");
        Assert.Equal(new Cat { Name = "Tom", Lives = 9 }, tom.Pet);
        Assert.Equal("{\"pet\":{\"petType\":\"Dog\",\"trained\":true}}", Codec.Write(new M { Pet = new Dog { Trained = true } }));
        Assert.Equal("Fish", Codec.Read<M>("{\"pet\":{\"petType\":\"Fish\"}}").Pet!.PetType);
        """);

    [Fact]
    public void Alternatives_that_are_scalars_become_one_type() => CompiledSpec.Run(
        SpecText.Payload("""{ "type": "object", "properties": { "mode": { "oneOf": [{ "const": "a" }, { "const": "b" }] },"""
            + """ "only": { "oneOf": [{ "type": "null" }, { "type": "integer" }] } } }"""),
        """
        Assert.Equal("", Codec.Violation(new M { Mode = "b", Only = 3 }));
        Assert.Equal("mode must be one of \"a\", \"b\"", Codec.Violation(new M { Mode = "c" }));
        """);

    [Fact]
    public void A_damaged_payload_is_an_error_and_not_an_exception() => CompiledSpec.Run(Spec, """
        byte[] payload = Encoding.UTF8.GetBytes("{\"shape\":{\"kind\":\"group\",\"parts\":[{\"kind\":\"circle\",\"radius\":5},"
            + "{\"kind\":\"st\\u0061r\",\"x\":[1]}],\"back\":{\"kind\":\"square\",\"side\":1.5e3}},"
            + "\"named\":{\"a\":{\"kind\":\"circle\",\"radius\":1}}}");
        byte[] letters = "{}[]:,\"\\ukindcrle0159.-e ntu\u00FF"u8.ToArray();
        Random random = new(7);
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] damaged = payload.ToArray();
            for (int n = random.Next(3); n >= 0; n--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(10) == 0 ? (byte)random.Next(256) : letters[random.Next(letters.Length)];
            }

            ReadOnlyMemory<byte> cut = damaged.AsMemory(0, random.Next(4) == 0 ? random.Next(damaged.Length + 1) : damaged.Length);
            if (M.TryRead(cut, out M? m, out CodecError error))
            {
                read++;
                m.TryValidate(out _);
                Assert.Equal(m, Codec.Read<M>(Codec.Write(m)));
            }
            else
            {
                Assert.NotEqual(CodecErrorKind.None, error.Kind);
            }
        }

        Assert.InRange(read, 1000, 49_000);
        """);

    [Fact]
    public void The_discriminator_counts_as_a_member() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "properties": {
                "low": { "oneOf": [{ "type": "object", "required": ["kind"], "properties": { "kind": { "const": "a" } } },
                  { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "b" }, "c": {} }, "minProperties": 2 }] },
                "high": { "oneOf": [{ "type": "object", "required": ["kind"], "properties": { "kind": { "const": "c" } } },
                  { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "d" }, "e": {} },
                    "additionalProperties": { "type": "string" }, "maxProperties": 2 }] } } }
            """),
        """
        Assert.Equal("", Codec.Violation(Codec.Read<M>("{\"low\":{\"kind\":\"b\",\"c\":1},\"high\":{\"kind\":\"d\",\"e\":1}}")));
        Assert.Equal("low must have at least 2 members", Codec.Violation(Codec.Read<M>("{\"low\":{\"kind\":\"b\"}}")));
        Assert.Equal(
            "high must have at most 2 members", Codec.Violation(Codec.Read<M>("{\"high\":{\"kind\":\"d\",\"e\":1,\"q\":\"x\"}}")));
        """);

    /// <summary>Of two merged schemas one may have alternatives that the type of the other one excludes.</summary>
    [Fact]
    public void An_alternative_that_the_type_beside_it_excludes_is_left_out() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "properties": {
                "merged": { "allOf": [{ "type": "object", "properties": { "a": { "type": "string" } } },
                  { "oneOf": [{ "type": "string" }, { "type": "array" }, { "properties": { "t": { "type": "string" } } }] }] },
                "number": { "allOf": [{ "type": "integer", "minimum": 3 },
                  { "oneOf": [{ "type": "integer", "maximum": 5 }, { "type": "string" }] }] },
                "beside": { "properties": { "a": { "type": "string" } },
                  "oneOf": [{ "type": "string" }, { "type": "array" }, { "type": "object", "properties": { "b": {} } }] } } }
            """),
        """
        M m = Codec.Read<M>("{\"merged\":{\"a\":\"1\",\"t\":\"2\"},\"number\":4,\"beside\":{\"a\":\"3\"}}");
        Assert.Equal("12", m.Merged!.A + m.Merged.T);
        Assert.Equal("3", Assert.IsType<MBeside.OfAlternative3>(m.Beside).Value.A);
        Assert.Equal("", Codec.Violation(m));
        Assert.Equal("number must be 3 to 5", Codec.Violation(m with { Number = 6 }));
        Assert.IsType<MBeside.OfText>(Codec.Read<M>("{\"beside\":\"x\"}").Beside);
        Assert.Equal("merged: the value has the wrong JSON type (byte 10)", Codec.Fault<M>("{\"merged\":\"x\"}"));
        Assert.Equal("number: the value has the wrong JSON type (byte 10)", Codec.Fault<M>("{\"number\":\"x\"}"));
        """);

    [Fact]
    public void Random_unions_round_trip() => RoundTripTests.Check(Spec);

    [Fact]
    public void A_name_that_is_taken_gets_a_suffix() => RoundTripTests.Check(SpecText.Payload(
        """{ "type": "object", "properties": { "s": { "$ref": "#/components/schemas/Kind" } } }""",
        """
        { "schemas": {
            "Kind": { "oneOf": [{ "$ref": "#/components/schemas/Item" }, { "$ref": "#/components/schemas/Source" },
              { "$ref": "#/components/schemas/Class" }] , "discriminator": "kind" },
            "Item": { "type": "object", "properties": { "source": { "type": "string" }, "value": { "type": "string" } } },
            "Source": { "type": "object", "properties": { "json": { "type": "string" }, "find": { "type": "string" } } },
            "Class": { "type": "object", "properties": { "alternative": { "type": "string" }, "raw": { "type": "string" } } } } }
        """));

    private static string Quote(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
