using System.Text;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Tests.Parse;

/// <summary>YAML gives the nodes of JSON, each with its place.</summary>
public sealed class YamlReaderTests
{
    private const string Sample = """
        # comment
        plain: two words  # comment
        quoted: "a\tb"
        single: 'it''s é€😀' # comment
        after é€😀: x
        literal: |
          one
           two

        folded: >-
          one
          two
        flow: [1, {x: y}, "z"]
        nothing:
        tilde: ~
        multi: one
          two
        list:
        - a
        -   b: 1
            c: true
        - - nested
        anchored: &first !!str 12
        alias: *first
        base: &base
          k: v
        empty: {}
        last: end
        """;

    /// <summary>The text of each value, by its path, as the place in the text shows it.</summary>
    private static readonly (string Path, string Name, string Value)[] Expected =
    [
        ("#/plain", "plain", "two words"),
        ("#/quoted", "quoted", "\"a\\tb\""),
        ("#/single", "single", "'it''s é€😀'"),
        ("#/after é€😀", "after é€😀", "x"),
        ("#/literal", "literal", "|\n  one\n   two"),
        ("#/folded", "folded", ">-\n  one\n  two"),
        ("#/flow", "flow", "[1, {x: y}, \"z\"]"),
        ("#/flow/0", "", "1"),
        ("#/flow/1", "", "{x: y}"),
        ("#/flow/1/x", "x", "y"),
        ("#/flow/2", "", "\"z\""),
        ("#/nothing", "nothing", ""),
        ("#/tilde", "tilde", "~"),
        ("#/multi", "multi", "one\n  two"),
        ("#/list", "list", "- a\n-   b: 1\n    c: true\n- - nested"),
        ("#/list/0", "", "a"),
        ("#/list/1", "", "b: 1\n    c: true"),
        ("#/list/1/b", "b", "1"),
        ("#/list/1/c", "c", "true"),
        ("#/list/2", "", "- nested"),
        ("#/list/2/0", "", "nested"),
        ("#/anchored", "anchored", "12"),
        ("#/alias", "alias", "*first"),
        ("#/base", "base", "k: v"),
        ("#/base/k", "k", "v"),
        ("#/empty", "empty", "{}"),
        ("#/last", "last", "end"),
    ];

    [Theory]
    [InlineData("\n", "")]
    [InlineData("\r\n", "")]
    [InlineData("\n", "\ufeff")]
    public void Each_value_has_its_place(string newLine, string before)
    {
        string text = before + Sample.Replace("\r", "", StringComparison.Ordinal).Replace("\n", newLine, StringComparison.Ordinal);
        JsonNode root = Read(text, out DocumentFault? fault)!;
        Assert.Null(fault);
        Assert.Equal(
            Expected.Select(e => (e.Path, e.Name, e.Value)),
            Descendants(root).Select(n => (n.Path, n.KeySpan is { } key ? Show(key.Start, key.Length) : "", Show(n.Span.Start, n.Span.Length))));

        string Show(int start, int length) => text.Substring(start, length).Replace("\r", "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_a_text_has_its_place()
    {
        const string text = "plain: a/{b}/c\nquoted: \"a/{b}/c\"\nlines: a/{b}/c\n  d\n";
        JsonObject root = (JsonObject)Read(text, out _)!;
        foreach (string name in new[] { "plain", "quoted" })
        {
            Place part = ((JsonString)root[name]!).Part(2, 3);
            Assert.Equal("{b}", text.Substring(part.Start, part.Length));
        }

        JsonString lines = (JsonString)root["lines"]!;
        Assert.Equal(lines.Span, lines.Part(2, 3));
    }

    [Theory]
    [InlineData("a: x y # c\nb: 'q'\nc: \"\\u00e9\\n\"", """{"a":"x y","b":"q","c":"é\n"}""")]
    [InlineData("a: |\n  x\n\n  y\nb: >\n  x\n  y\nc: |+\n  z\n\n", """{"a":"x\n\ny\n","b":"x y\n","c":"z\n\n"}""")]
    [InlineData("[yes, no, on, off, y, n, 2020-01-01, 12:30:00, 3.0.0]", """["yes","no","on","off","y","n","2020-01-01","12:30:00","3.0.0"]""")]
    [InlineData("[true, True, FALSE, tRUE, null, Null, ~, '', nUll]", """[true,true,false,"tRUE",null,null,null,"","nUll"]""")]
    [InlineData("[1, -2, +3, 007, 0, -0, 0x1F, 0o17, 0xFFFFFFFFFFFFFFFFFF]", "[1,-2,3,7,0,-0,31,15,4722366482869645213695]")]
    [InlineData("[1.0, 1., .5, -.5, 1e3, 1E-3, 1.5e+2, 00.5]", "[1.0,1.0,0.5,-0.5,1e3,1E-3,1.5e+2,0.5]")]
    [InlineData("[., 1e, +, 1.2.3, 0x, 0o8, .inf, .NaN, 1_000, 0b1]", """[".","1e","+","1.2.3","0x","0o8",".inf",".NaN","1_000","0b1"]""")]
    [InlineData("[!!str 1, !!int '2', ! 3, !!bool \"true\", !!null '', !x 4, '5']", """["1",2,"3",true,null,"4","5"]""")]
    [InlineData("200: a\ntrue: b\n~: c\n'<<': d", """{"200":"a","true":"b","~":"c","<<":"d"}""")]
    [InlineData("a: &x [1, {b: 2}]\nc: *x\nd: &k key\n*k : v", """{"a":[1,{"b":2}],"c":[1,{"b":2}],"d":"key","key":"v"}""")]
    [InlineData("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3, z: 4}", """{"a":{"x":1,"y":2},"b":{"y":3,"z":4,"x":1}}""")]
    [InlineData("a: &a {x: 1}\nb: &b {x: 2, y: 3}\nc:\n  <<: [*a, *b]\n  y: 4", """{"a":{"x":1},"b":{"x":2,"y":3},"c":{"y":4,"x":1}}""")]
    [InlineData("%YAML 1.2\n---\na: b\n...\n", """{"a":"b"}""")]
    [InlineData("? a\n: b\n? c", """{"a":"b","c":null}""")]
    [InlineData("{\"a\": [true, 1.50, null, \"x\\/y\"],\t\"b\":\t\"c\"}", """{"a":[true,1.50,null,"x/y"],"b":"c"}""")]
    public void Values_are_those_of_the_core_schema(string yaml, string json)
    {
        JsonNode? root = Read(yaml, out DocumentFault? fault);
        Assert.Null(fault);
        Assert.Equal(json, root!.ToJson());
    }

    [Theory]
    [InlineData("the file is empty", "# nothing\n‹›")]
    [InlineData("a second document begins here", "a: b\n‹---›\nc: d\n")]
    [InlineData("a tab indents this line; use spaces", "a:\n‹\t›b: c\n")]
    [InlineData("a ':' is not allowed here; quote the text", "a: b‹:› c\n")]
    [InlineData("'@' starts no value; quote it", "a: ‹@›b\n")]
    [InlineData("the quoted text is not closed", "a: ‹\"›b\n")]
    [InlineData("',' or '}' is missing", "a: {b: 1\n‹›")]
    [InlineData("the list, which begins with '-', is expected here", "- a\n‹b›: c\n")]
    [InlineData("the anchor '&x' is not set before this", "a: ‹*x›\n")]
    [InlineData("'*x' is inside the value that it repeats", "a: &x\n  b: [‹*x›]\n")]
    [InlineData("a name must be one text", "? ‹›[a]\n: b\n")]
    [InlineData("'<<' takes mappings only", "a:\n  <<: ‹1›\n")]
    public void A_fault_has_its_place(string what, string marked)
    {
        int start = marked.IndexOf('‹', StringComparison.Ordinal);
        int end = marked.IndexOf('›', StringComparison.Ordinal) - 1;
        string text = marked.Remove(end + 1, 1).Remove(start, 1);
        Assert.Null(Read(text, out DocumentFault? fault));
        Assert.Contains(what, fault!.What, StringComparison.Ordinal);
        Assert.Equal((start, end), (fault.Span.Start, fault.Span.End));
    }

    [Fact]
    public void A_hexadecimal_number_has_a_limited_length()
    {
        string longest = "0x" + new string('f', 254);
        Assert.IsType<JsonNumber>(Read(longest, out _));
        Assert.IsType<JsonString>(Read(longest + "f", out _));
    }

    [Fact]
    public void A_number_is_shown_as_it_is_written()
    {
        JsonNode? number = Read("0123", out _);
        Assert.Equal(("123", "the number 0123"), (number!.ToJson(), number.Kind));
    }

    [Fact]
    public void Half_a_character_is_refused()
    {
        Assert.Null(Read("a: x" + '\ud800', out DocumentFault? fault));
        Assert.Contains("half a character", fault!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_and_aliases_of_aliases_are_refused()
    {
        Assert.Null(Read(new string('[', 100_000), out DocumentFault? deep));
        Assert.Contains("deeper than 256 levels", deep!.What, StringComparison.Ordinal);

        StringBuilder nested = new("a0: &a0 [x]\n");
        StringBuilder laughs = new("a0: &a0 [x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 260; i++)
        {
            nested.Append(null, $"a{i}: &a{i} [*a{i - 1}]\n");
            laughs.Append(null, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");
        }

        Assert.Null(Read(nested.ToString(), out deep));
        Assert.Contains("deeper than 256 levels", deep!.What, StringComparison.Ordinal);
        Assert.Null(Read(laughs.ToString(), out DocumentFault? many));
        Assert.Contains("repeat more than 100000 values", many!.What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_occurs_twice_is_reported_with_both_places()
    {
        List<(int, int)> found = [];
        JsonNode? root = YamlReader.Parse("a: 1\nb: 2\na: 3\n", (first, second) => found.Add((first.KeySpan!.Value.Start, second.Start)), out _);
        Assert.Equal([(0, 10)], found);
        Assert.Equal("""{"a":1,"b":2}""", root!.ToJson());
    }

    [Fact]
    public void Damaged_text_gives_a_fault_with_a_place()
    {
        Random random = new(1);
        int faults = 0;
        for (int i = 0; i < 5000; i++)
        {
            string text = Mutator.Mutate(Sample, random, "{}[]:,\"'\\#&*!|>-?%@ 0~\n\t\r\u0085\u2028é😀\ud800\0");
            if (Read(text, out DocumentFault? fault) is null)
            {
                Assert.InRange(fault!.Span.Start, 0, text.Length);
                Assert.InRange(fault.Span.End, fault.Span.Start, text.Length);
                Assert.NotEmpty(fault.What);
                faults++;
            }
        }

        Assert.InRange(faults, 100, 4900);
    }

    private static JsonNode? Read(string text, out DocumentFault? fault) => YamlReader.Parse(text, (_, _) => { }, out fault);

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        IEnumerable<JsonNode> children = (node as JsonObject)?.Members ?? (node as JsonArray)?.Items ?? [];
        return children.SelectMany(c => Descendants(c).Prepend(c));
    }
}
