using System.Text.RegularExpressions;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Schemas;
using EdgeJobs.Generators.Tests.Emit;
using EdgeJobs.Protocol;

namespace EdgeJobs.Generators.Tests.Parse;

/// <summary>Patterns as automata, with the regular expressions of .NET as judge.</summary>
public sealed class PatternTests
{
    /// <summary>Parts of patterns: as ECMA-262 writes them, and as .NET writes what they mean there.</summary>
    private static readonly (string Ecma, string Net)[] Atoms =
    [
        ("a", "a"), ("b", "b"), ("-", "-"), (@"\.", @"\."), (".", @"[^\n\r\u2028\u2029]"), (@"\d", "[0-9]"), (@"\w", "[0-9A-Za-z_]"),
        (@"\s", @"[\t-\r \u00A0\u2028]"), (@"\D", "[^0-9]"), ("[ab]", "[ab]"), ("[^a]", "[^a]"), ("[a-c1]", "[a-c1]"),
        (@"[\d_-]", "[0-9_-]"),
        (@"\u0061", "a"), ("[^]", @"[\s\S]"), ("é", "é"), ("^", @"\A"), ("$", @"\z"), ("x{", @"x\{"), ("]", @"\]"),
    ];

    private static readonly string[] Counts = ["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?"];

    [Fact]
    public void Random_patterns_match_what_the_regular_expressions_of_NET_match()
    {
        Random random = new(17);
        int compiled = 0;
        for (int i = 0; i < 1500; i++)
        {
            (string ecma, string net, _) = Choice(random, depth: 0);
            Automaton? automaton = PatternCompiler.Compile(ecma, out string? fault);
            if (fault is not null)
            {
                Assert.Contains("many", fault, StringComparison.Ordinal);
                continue;
            }

            compiled++;
            Regex judge = new(net, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            for (int j = 0; j < 20; j++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => "aabb-.1c_ \né{x]"[random.Next(15)]));
                bool expected = judge.IsMatch(text);
                Assert.True(expected == IsMatch(automaton, text), $"{ecma} on '{text}' should be {expected}");
            }
        }

        Assert.True(compiled > 1000, $"only {compiled} patterns were compiled");
    }

    [Theory]
    [InlineData("^([0-9A-Fa-f]{2}[:-]){5}([0-9A-Fa-f]{2})$", "00:1A:2b:3C:4d:5E", "00:1A:2b:3C:4d")]
    [InlineData("^[A-H][1-8]$", "A1", "A9")]
    [InlineData("^[A-H][1-8]$", "H8", "H8\n")]
    [InlineData("abc", "xabcx", "ab")]
    [InlineData("^a|b$", "ax", "xa")]
    [InlineData("^(?:\\+\\d{1,3})?\\d{4,12}$", "+4912345678", "+49-123")]
    [InlineData("^.{2}$", "😀é", "😀")]
    [InlineData("^(?<year>\\d{4})-\\d{2}$", "2020-01", "2020-1")]
    [InlineData("^\\u{1F600}$", "😀", "\\u{1F600}")]
    [InlineData("^$", "", "a")]
    [InlineData("^a{0}$", "", "a")]
    [InlineData("^(a|b)*?c+?$", "ababcc", "abab")]
    [InlineData("^b(?:[12]{1,3}|){2,}$", "b", "3")]
    [InlineData("^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$", "a.b+c@d-e.fg", "a@b")]
    [InlineData("\\x41\\cJ\\0", "A\n\0", "A\n")]
    public void A_pattern_matches(string pattern, string valid, string invalid)
    {
        Automaton? automaton = PatternCompiler.Compile(pattern, out string? fault);
        Assert.Null(fault);
        Assert.NotNull(automaton);
        Assert.True(IsMatch(automaton, valid));
        Assert.False(IsMatch(automaton, invalid));
    }

    [Theory]
    [InlineData("")]
    [InlineData("^")]
    [InlineData("a*")]
    [InlineData("^[^]*$")]
    public void A_pattern_that_matches_everything_is_no_rule(string pattern)
    {
        Assert.Null(PatternCompiler.Compile(pattern, out string? fault));
        Assert.Null(fault);
    }

    [Fact]
    public void Generated_code_checks_a_pattern() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "properties": {
                "mac": { "type": "string", "pattern": "^([0-9A-F]{2}:){5}[0-9A-F]{2}$" },
                "square": { "type": "string", "pattern": "^[A-H][1-8]$", "default": "A1" },
                "either": { "anyOf": [{ "type": "string", "pattern": "^a.*z$" }, { "type": "string", "maxLength": 2 },
                    { "const": "none" }] },
                "map": { "type": "object", "patternProperties": { "^x_.": { "type": "integer" } }, "additionalProperties": false } } }
            """),
        """
        Assert.Equal("", Codec.Violation(new M { Mac = "00:11:22:AA:BB:CC", Square = "H8", Either = "abcz" }));
        Assert.Equal("", Codec.Violation(new M { Either = "ab" }));
        Assert.Equal("", Codec.Violation(new M { Either = "none" }));
        Assert.Equal("mac must be a text that matches ^([0-9A-F]{2}:){5}[0-9A-F]{2}$", Codec.Violation(new M { Mac = "00:11" }));
        Assert.Equal("square must be a text that matches ^[A-H][1-8]$", Codec.Violation(new M { Square = "I1" }));
        Assert.Equal(
            "either must be a text that matches ^a.*z$, or at most 2 characters, or \"none\"", Codec.Violation(new M { Either = "abc" }));
        Assert.Equal("map must have names of a text that matches ^x_.", Codec.Violation(Codec.Read<M>("{\"map\":{\"y\":1}}")));
        Assert.Equal("", Codec.Violation(Codec.Read<M>("{\"map\":{\"x_y\":1}}")));
        """);

    private static bool IsMatch(Automaton? automaton, string text)
    {
        if (automaton is null)
        {
            return true;
        }

        ushort[] states = [.. automaton.States.Select(s => (ushort)s)];
        bool isMatch = TextPattern.IsMatch(text, automaton.Classes, automaton.Ranges.ToArray(), states);
        Assert.Equal(isMatch, automaton.IsMatch(text));
        return isMatch;
    }

    private static (string Ecma, string Net, bool CanBeEmpty) Choice(Random random, int depth)
    {
        (string ecma, string net, bool canBeEmpty) = Sequence(random, depth);
        for (int i = random.Next(5) - 3; i > 0; i--)
        {
            (string otherEcma, string otherNet, bool isOtherEmpty) = Sequence(random, depth);
            (ecma, net, canBeEmpty) = ($"{ecma}|{otherEcma}", $"{net}|{otherNet}", canBeEmpty || isOtherEmpty);
        }

        return (ecma, net, canBeEmpty);
    }

    private static (string Ecma, string Net, bool CanBeEmpty) Sequence(Random random, int depth)
    {
        (string ecma, string net, bool isAllEmpty) = ("", "", true);
        for (int i = random.Next(4); i > 0; i--)
        {
            (string one, string meaning) = Atoms[random.Next(Atoms.Length)];
            bool canBeEmpty = one is "^" or "$";
            if (depth < 3 && random.Next(4) == 0)
            {
                (one, meaning, canBeEmpty) = Choice(random, depth + 1);
                string open = random.Next(2) == 0 ? "(" : "(?:";
                (one, meaning) = ($"{open}{one})", $"{open}{meaning})");
            }

            // .NET misses the empty repetitions of a part that can be empty: "b(?:[12]{1,3}|){2,}" does not match "b" there.
            string count = canBeEmpty || one == "x{" || random.Next(2) == 0 ? "" : Counts[random.Next(Counts.Length)];
            (ecma, net) = (ecma + one + count, net + meaning + count);
            isAllEmpty &= canBeEmpty || count is "*" or "?" or "{0,2}" or "*?";
        }

        return (ecma, net, isAllEmpty);
    }
}
