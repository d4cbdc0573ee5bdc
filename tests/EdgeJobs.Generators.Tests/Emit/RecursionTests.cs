namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Objects that contain themselves.</summary>
public sealed class RecursionTests
{
    private static readonly string Spec = SpecText.Payload(
        """{ "$ref": "#/components/schemas/Node" }""",
        """
        { "schemas": {
            "Node": { "type": "object", "required": ["id"], "properties": { "id": { "type": "integer", "minimum": 0 },
              "next": { "$ref": "#/components/schemas/Node" }, "other": { "$ref": "#/components/schemas/Other" },
              "children": { "type": "array", "maxItems": 3, "items": { "$ref": "#/components/schemas/Node" } },
              "named": { "type": "object", "additionalProperties": { "$ref": "#/components/schemas/Node" } } } },
            "Other": { "type": "object", "required": ["node"], "properties": { "node": { "$ref": "#/components/schemas/Node" } } } } }
        """);

    [Fact]
    public void An_object_may_contain_itself() => CompiledSpec.Run(Spec, """
        string json = "{\"id\":1,\"next\":{\"id\":2,\"children\":[{\"id\":3},{\"id\":4,\"next\":{\"id\":5}}]},"
            + "\"other\":{\"node\":{\"id\":6}},\"named\":{\"a\":{\"id\":7}}}";
        Node node = Codec.Read<Node>(json);
        Assert.Equal(5, node.Next!.Children![1].Next!.Id);
        Assert.Equal(7, node.Named!["a"].Id);
        Assert.Equal(json, Codec.Write(node));
        Assert.Equal(node, Codec.Read<Node>(json));
        Assert.Equal("next.children[0].id must be at least 0",
            Codec.Violation(new Node { Id = 1, Next = new Node { Id = 1, Children = [new Node { Id = -1 }] } }));
        Assert.Equal("next.id: the required member is missing (byte 15)", Codec.Fault<Node>("{\"id\":1,\"next\":{}}"));
        Assert.Equal("other.node: the required member is missing (byte 16)", Codec.Fault<Node>("{\"id\":1,\"other\":{}}"));
        Assert.Null(Codec.Read<Node>("{\"id\":1,\"next\":null}").Next);
        """);

    [Fact]
    public void A_view_reads_the_inner_object_on_request() => CompiledSpec.Run(Spec, """
        byte[] payload = Encoding.UTF8.GetBytes("{\"id\":1,\"next\":{\"id\":2,\"children\":[{\"id\":3},{\"id\":4}]}}");
        long Walk()
        {
            Assert.True(NodeView.TryRead(payload, out NodeView view, out _));
            Assert.False(view.Other.HasValue);
            long sum = view.Id!.Value + view.Next.Id!.Value;
            foreach (NodeView child in view.Next.Children)
            {
                sum += child.Id!.Value;
            }

            return sum;
        }

        Assert.Equal(10, Walk());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Walk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        """);

    [Fact]
    public void The_depth_of_JSON_is_limited() => CompiledSpec.Run(Spec, """
        string Deep(int levels) =>
            string.Concat(Enumerable.Repeat("{\"id\":1,\"next\":", levels)) + "{\"id\":1}" + new string('}', levels);
        Assert.Equal(Deep(63), Codec.Again<Node>(Deep(63)));
        Assert.Contains("not valid JSON", Codec.Fault<Node>(Deep(64)));
        Node node = new() { Id = 1 };
        for (int depth = 1; depth < 64; depth++)
        {
            node = new Node { Id = 1, Next = node };
        }

        Assert.Equal(node, Codec.Read<Node>(Encoding.UTF8.GetString(node.ToUtf8Bytes())));
        Assert.Throws<InvalidOperationException>(() => new Node { Id = 1, Next = node }.ToUtf8Bytes());
        Assert.Contains("not valid JSON", Codec.Fault<Node>(Deep(100_000)));
        """);

    [Fact]
    public void Alternatives_that_contain_their_choice_are_found_by_their_members() => CompiledSpec.Run(
        SpecText.Payload(
            """{ "$ref": "#/components/schemas/Expression" }""",
            """
            { "schemas": {
                "Expression": { "oneOf": [{ "$ref": "#/components/schemas/Sum" }, { "$ref": "#/components/schemas/Negation" },
                  { "type": "number" }] },
                "Sum": { "type": "object", "required": ["left", "right"], "properties": {
                  "left": { "$ref": "#/components/schemas/Expression" }, "right": { "$ref": "#/components/schemas/Expression" } } },
                "Negation": { "type": "object", "required": ["of"], "properties": {
                  "of": { "$ref": "#/components/schemas/Expression" } } } } }
            """),
        """
        string json = "{\"left\":{\"of\":1.5},\"right\":{\"left\":2,\"right\":3}}";
        Expression e = Codec.Read<Expression>(json);
        Assert.Equal(new Expression.OfNumber(1.5),
            Assert.IsType<Expression.OfNegation>(Assert.IsType<Expression.OfSum>(e).Value.Left).Value.Of);
        Assert.Equal(json, Codec.Write(e));
        string deep = string.Concat(Enumerable.Repeat("{\"of\":", 63)) + "1" + new string('}', 63);
        Assert.Equal(deep, Codec.Again<Expression>(deep));
        Assert.IsType<UnknownExpression>(Codec.Read<Expression>("{\"left\":1}"));
        """);

    [Fact]
    public void Random_trees_round_trip() => RoundTripTests.Check(Spec);
}
