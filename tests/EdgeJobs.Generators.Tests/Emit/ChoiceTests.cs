namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Alternatives (<c>oneOf</c>, <c>anyOf</c>) that no string member distinguishes, or that are not all objects.</summary>
public sealed class ChoiceTests
{
    private static readonly string Mixed = SpecText.Payload(
        """{ "type": "object", "properties": { "x": { "$ref": "#/components/schemas/Reading" },"""
            + """ "list": { "type": "array", "items": { "$ref": "#/components/schemas/Reading" } } } }""",
        """
        { "schemas": {
            "Reading": { "description": "What was measured.", "oneOf": [{ "type": "number", "maximum": 100 },
              { "$ref": "#/components/schemas/Failure" }, { "type": "array", "items": { "type": "integer" } },
              { "type": "boolean" }, { "type": "null" }] },
            "Failure": { "type": "object", "required": ["code"], "properties": { "code": { "type": "integer", "minimum": 1 } } } } }
        """);

    private static readonly string Searched = SpecText.Payload(
        """{ "$ref": "#/components/schemas/Event" }""",
        """
        { "schemas": {
            "Event": { "anyOf": [{ "$ref": "#/components/schemas/Opened" }, { "$ref": "#/components/schemas/Moved" },
              { "$ref": "#/components/schemas/Renamed" }] },
            "Opened": { "type": "object", "properties": { "at": { "type": "integer", "maximum": 10 } } },
            "Moved": { "type": "object", "required": ["to"], "properties": { "at": { "type": "integer" }, "to": { "type": "string" } } },
            "Renamed": { "type": "object", "required": ["to"], "properties": { "to": { "type": "integer" } } } } }
        """);

    [Fact]
    public void The_JSON_type_tells_scalars_and_objects_apart() => CompiledSpec.Run(Mixed, """
        Assert.Equal(new Reading.OfNumber(1.5), Codec.Read<M>("{\"x\":1.5}").X);
        Assert.Equal(new Failure { Code = 3 }, Assert.IsType<Reading.OfFailure>(Codec.Read<M>("{\"x\":{\"code\":3}}").X).Value);
        Assert.Equal(new Reading.OfList([1, 2]), Codec.Read<M>("{\"x\":[1,2]}").X);
        Assert.Equal(new Reading.OfBoolean(true), Codec.Read<M>("{\"x\":true}").X);
        Assert.Null(Codec.Read<M>("{\"x\":null}").X);
        Assert.Equal("x: the value has the wrong JSON type (byte 5)", Codec.Fault<M>("{\"x\":\"a\"}"));
        Assert.Equal("x.code: the required member is missing (byte 5)", Codec.Fault<M>("{\"x\":{}}"));
        string json = "{\"x\":[],\"list\":[1,{\"code\":2},[3],false]}";
        Assert.Equal(json, Codec.Again<M>(json));
        Assert.Equal(Codec.Read<M>(json), Codec.Read<M>(json));
        Assert.Equal("x must be at most 100", Codec.Violation(new M { X = new Reading.OfNumber(101) }));
        Assert.Equal("list[0].code must be at least 1", Codec.Violation(new M { List = [new Failure { Code = 0 }] }));
        string text = Codec.Read<M>(json).List![1] switch
        {
            Reading.OfNumber(var number) => "number " + number,
            Reading.OfFailure({ Code: var code }) => "failure " + code,
            _ => "",
        };
        Assert.Equal("failure 2", text);
        """);

    [Fact]
    public void A_view_knows_the_alternative() => CompiledSpec.Run(Mixed, """
        byte[] payload = Encoding.UTF8.GetBytes("{\"x\":{\"code\":7},\"list\":[2,true]}");
        double Walk()
        {
            Assert.True(MView.TryRead(payload, out MView view, out _));
            double sum = view.X.TryGetFailure(out FailureView failure) && !view.X.TryGetNumber(out _) ? (double)failure.Code! : -100;
            foreach (JsonNullable<ReadingView> item in view.List)
            {
                ReadingView reading = item.Value;
                sum += reading.Alternative == ReadingAlternative.Number && reading.TryGetNumber(out JsonDouble number) ? number.Value : 0;
            }

            return sum;
        }

        Assert.Equal(9, Walk());
        long before = GC.GetAllocatedBytesForCurrentThread();
        MView.TryRead(payload, out _, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        """);

    [Fact]
    public void Objects_without_a_discriminator_are_tried() => CompiledSpec.Run(Searched, """
        Assert.Equal(new Event.OfOpened(new Opened { At = 1 }), Codec.Read<Event>("{\"at\":1}"));
        Assert.Equal(new Event.OfMoved(new Moved { At = 1, To = "a" }), Codec.Read<Event>("{\"at\":1,\"to\":\"a\"}"));
        Assert.Equal(new Event.OfRenamed(new Renamed { To = 1 }), Codec.Read<Event>("{\"to\":1}"));
        Assert.Equal(new Event.OfOpened(new Opened()), Codec.Read<Event>("{}"));

        // A limit that is violated is the fault of the only alternative that can read it.
        Event late = Codec.Read<Event>("{\"at\":11}");
        Assert.Equal("at must be at most 10", Codec.Violation(late));

        // Another alternative, of a later version of the spec.
        string unknown = "{\"at\":\"x\",  \"to\":true}";
        Assert.Equal(unknown, Assert.IsType<UnknownEvent>(Codec.Read<Event>(unknown)).Json.ToString());
        Assert.Equal(unknown, Codec.Again<Event>(unknown));
        Assert.Equal("", Codec.Violation(Codec.Read<Event>(unknown)));
        Assert.Equal("the payload is not a JSON object (byte 0)", Codec.Fault<Event>("[]"));
        Event made = new Moved { To = "b" };
        Assert.Equal("{\"to\":\"b\"}", Codec.Write(made));
        """);

    [Fact]
    public void A_number_or_a_Boolean_may_be_the_discriminator() => CompiledSpec.Run(
        SpecText.Payload(
            """{ "oneOf": [{ "$ref": "#/components/schemas/One" }, { "$ref": "#/components/schemas/Two" }] }""",
            """
            { "schemas": {
                "One": { "type": "object", "properties": { "v": { "const": 1 }, "x": { "type": "integer" } } },
                "Two": { "type": "object", "properties": { "v": { "const": 2 }, "x": { "type": "integer" } } } } }
            """),
        """
        Assert.Equal(5, Assert.IsType<M.OfOne>(Codec.Read<M>("{\"x\":5,\"v\":1}")).Value.X);
        Assert.Equal(5, Assert.IsType<M.OfTwo>(Codec.Read<M>("{\"x\":5,\"v\":2.0}")).Value.X);
        Assert.IsType<UnknownM>(Codec.Read<M>("{\"x\":5,\"v\":3}"));
        Assert.IsType<UnknownM>(Codec.Read<M>("{\"x\":5}"));
        """);

    [Fact]
    public void An_object_may_be_an_alternative_of_two_unions() => CompiledSpec.Run(
        SpecText.Payload(
            """{ "type": "object", "properties": { "x": { "$ref": "#/components/schemas/First" },"""
                + """ "y": { "$ref": "#/components/schemas/Second" } } }""",
            """
            { "schemas": {
                "First": { "discriminator": "k", "oneOf": [{ "$ref": "#/components/schemas/Circle" },
                  { "$ref": "#/components/schemas/Square" }] },
                "Second": { "discriminator": "k", "oneOf": [{ "$ref": "#/components/schemas/Circle" },
                  { "$ref": "#/components/schemas/Dot" }] },
                "Circle": { "type": "object", "properties": { "k": { "const": "c" }, "r": { "type": "integer" } } },
                "Square": { "type": "object", "properties": { "k": { "const": "s" } } },
                "Dot": { "type": "object", "properties": { "k": { "const": "d" } } } } }
            """),
        """
        M m = Codec.Read<M>("{\"x\":{\"k\":\"c\",\"r\":1},\"y\":{\"k\":\"c\",\"r\":2}}");
        Assert.Equal(new Circle { R = 1 }, m.X);
        Assert.Equal(new Second.OfCircle(new Circle { R = 2 }), m.Y);
        Assert.Equal("{\"y\":{\"k\":\"c\",\"r\":2}}", Codec.Write(new M { Y = new Circle { R = 2 } }));
        Assert.Equal("d", Assert.IsType<Second.OfDot>(Codec.Read<M>("{\"y\":{\"k\":\"d\"}}").Y).Value.K);
        Assert.IsType<UnknownSecond>(Codec.Read<M>("{\"y\":{\"k\":\"s\"}}").Y);
        """);

    [Fact]
    public void Members_beside_the_alternatives_belong_to_each() => CompiledSpec.Run(
        SpecText.Payload(
            """
            { "x-name": "Order", "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } },
              "oneOf": [{ "$ref": "#/components/schemas/Light" },
                { "type": "object", "required": ["level"], "properties": { "level": { "type": "integer" } } }] }
            """,
            """{ "schemas": { "Light": { "type": "object", "required": ["on"], "properties": { "on": { "type": "boolean" } } } } }"""),
        """
        Assert.Equal(new OrderLight { Id = 1, On = true }, Assert.IsType<Order.OfLight>(Codec.Read<Order>("{\"id\":1,\"on\":true}")).Value);
        Assert.Equal(2, Assert.IsType<Order.OfAlternative2>(Codec.Read<Order>("{\"id\":1,\"level\":2}")).Value.Level);
        Assert.Equal("{\"on\":false,\"id\":3}", Codec.Write<Order>(new OrderLight { Id = 3, On = false }));
        """);

    [Fact]
    public void Alternatives_may_be_alternatives_themselves() => CompiledSpec.Run(
        SpecText.Payload(
            """{ "oneOf": [{ "$ref": "#/components/schemas/Shape" }, { "$ref": "#/components/schemas/Text" }] }""",
            """
            { "schemas": {
                "Shape": { "oneOf": [{ "$ref": "#/components/schemas/Circle" }, { "$ref": "#/components/schemas/Square" }] },
                "Text": { "type": "object", "required": ["text"], "properties": { "text": { "type": "string" } } },
                "Circle": { "type": "object", "required": ["k", "r"], "properties": { "k": { "const": "c" }, "r": { "type": "integer" } } },
                "Square": { "type": "object", "required": ["k"], "properties": { "k": { "const": "s" } } } } }
            """),
        """
        Assert.Equal(new M.OfShape(new Circle { R = 1 }), Codec.Read<M>("{\"k\":\"c\",\"r\":1}"));
        Assert.Equal(new M.OfText(new Text { TextValue = "a" }), Codec.Read<M>("{\"text\":\"a\"}"));
        """);

    [Fact]
    public void Alternatives_with_the_same_constant_have_different_names() => CompiledSpec.Run(
        SpecText.Payload(
            """
            { "oneOf": [{ "type": "object", "required": ["x"], "properties": { "k": { "const": "a" }, "x": { "type": "integer" } } },
              { "type": "object", "required": ["y"], "properties": { "k": { "const": "a" }, "y": { "type": "integer" } } }] }
            """),
        """
        Assert.Equal(1, Assert.IsType<M.OfAlternative1>(Codec.Read<M>("{\"k\":\"a\",\"x\":1}")).Value.X);
        Assert.Equal(1, Assert.IsType<M.OfAlternative2>(Codec.Read<M>("{\"k\":\"a\",\"y\":1}")).Value.Y);
        """);

    [Fact]
    public void A_default_may_be_any_alternative() => CompiledSpec.Run(
        SpecText.Member("""{ "oneOf": [{ "type": "number" }, { "type": "object", "properties": {} }], "default": 5 }"""),
        "Assert.Equal(new MX.OfNumber(1), Codec.Read<M>(\"{\\\"x\\\":1}\").X);");

    [Fact]
    public void Strings_of_several_formats_are_tried() => CompiledSpec.Run(
        SpecText.Payload(
            """
            { "type": "object", "properties": { "x": { "oneOf": [{ "type": "string", "format": "uuid" },
              { "type": "object", "properties": { "id": { "type": "string" } } }, { "type": "string", "maxLength": 3 }] } } }
            """),
        """
        Assert.IsType<MX.OfUuid>(Codec.Read<M>("{\"x\":\"6ba7b810-9dad-11d1-80b4-00c04fd430c8\"}").X);
        Assert.Equal(new MX.OfText("abc"), Codec.Read<M>("{\"x\":\"abc\"}").X);
        Assert.Equal("x must be at most 3 characters", Codec.Violation(Codec.Read<M>("{\"x\":\"abcd\"}")));
        """);

    [Fact]
    public void Damaged_payloads_are_errors_and_not_exceptions()
    {
        foreach (string spec in new[] { Mixed, Searched.Replace("\"M\"", "\"E\"", StringComparison.Ordinal) })
        {
            string type = spec == Mixed ? "M" : "Event";
            CompiledSpec.Run(spec, $$"""
                byte[] payload = Encoding.UTF8.GetBytes("{\"x\":{\"code\":7},\"at\":3,\"to\":\"a\",\"list\":[2,true,[1,2],{\"code\":1}]}");
                byte[] letters = "{}[]:,\"\\ucodeatx0159.-truefalsn\u00FF"u8.ToArray();
                Random random = new(7);
                int read = 0;
                for (int i = 0; i < 20_000; i++)
                {
                    byte[] damaged = payload.ToArray();
                    for (int n = random.Next(3); n >= 0; n--)
                    {
                        damaged[random.Next(damaged.Length)] = letters[random.Next(letters.Length)];
                    }

                    if ({{type}}.TryRead(damaged, out {{type}}? m, out CodecError error))
                    {
                        read++;
                        m.TryValidate(out _);
                        Assert.Equal(m, Codec.Read<{{type}}>(Codec.Write(m)));
                    }
                    else
                    {
                        Assert.NotEqual(CodecErrorKind.None, error.Kind);
                    }
                }

                Assert.InRange(read, 500, 19_500);
                """);
        }
    }

    [Fact]
    public void Null_of_an_alternative_is_null_of_the_choice() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "required": ["r"], "properties": {
                "r": { "anyOf": [{ "type": ["integer", "null"] }, { "type": "object", "required": ["a"], "properties": { "a": {} } }] },
                "s": { "type": "array", "items": { "anyOf": [{ "type": ["string", "integer", "null"] },
                  { "type": "object", "required": ["a"], "properties": { "a": {} } }] } },
                "t": { "type": "array", "items": { "oneOf": [{ "enum": [null, "x"] },
                  { "type": "object", "required": ["a"], "properties": { "a": {} } }] } } } }
            """),
        """
        foreach (string json in new[]
        {
            "{\"r\":null,\"s\":[null,\"a\",1,{\"a\":1}],\"t\":[null,\"x\",{\"a\":1}]}",
            "{\"r\":5}",
            "{\"r\":{\"a\":null}}",
        })
        {
            Assert.Equal(json, Codec.Again<M>(json));
            Assert.Equal("", Codec.Violation(Codec.Read<M>(json)));
        }

        Assert.Equal("r: the required member is missing (byte 0)", Codec.Fault<M>("{}"));
        """);
}
