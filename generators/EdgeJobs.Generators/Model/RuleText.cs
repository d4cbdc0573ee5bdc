using System.Linq;
using EdgeJobs.Generators.Names;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Model;

/// <summary>Describes the spec's limits in words, for documentation and for violations.</summary>
internal static class RuleText
{
    /// <summary>A sentence for the documentation of a member, or nothing when it has no limits.</summary>
    public static string Documentation(TypeRef type)
    {
        string limits = type switch
        {
            StringRef { Rule: { IsClosed: true, AlsoAllowed.Count: 1 } only } => "always " + Text(only),
            StringRef s => Text(s.Rule),
            IntegerRef { Format: IntegerFormat.EpochSeconds, Rule: { Maximum: null, Minimum: null or 0 } } => "",
            IntegerRef i => Number(i.Rule),
            NumberRef n => Number(n.Rule),
            NullableRef n => Each(n.Value),
            BooleanRef { Constant: { } only } => "always `" + Flag(only) + "`",
            BytesRef { MaxBytes: >= 0 } b => "at most " + CSharp.Number(b.MaxBytes) + " bytes before base64",
            AnyTypeRef a => Kinds(a),
            RawObjectRef { MaxBytes: >= 0 } r => "one JSON object of at most " + CSharp.Number(r.MaxBytes) + " bytes",
            ArrayRef a => Join(
                "; ",
                Count(a.MinItems, a.MaxItems, "items"),
                Prefixed("each ", Each(a.Element)),
                a.IsUnique ? "no value twice" : ""),
            MapRef m => Join(
                "; ",
                Count(m.MinProperties, m.MaxProperties, "entries"),
                Prefixed("names of ", Text(m.Key)),
                m.Value is StringRef or NullableRef { Value: StringRef } ? Prefixed("values of ", Each(m.Value)) : ""),
            _ => "",
        };
        return limits.Length == 0 ? "" : Pascal(limits) + ".";
    }

    /// <summary>
    /// What users of the C# type must know besides its limits: a unit that the description omits, and how long a value is valid.
    /// </summary>
    /// <param name="type">What the member is.</param>
    /// <param name="description">The description in the spec.</param>
    public static string Remarks(TypeRef type, string description)
    {
        bool saysEpoch = description.IndexOf("epoch", System.StringComparison.OrdinalIgnoreCase) >= 0;
        return type switch
        {
            IntegerRef { Format: IntegerFormat.EpochSeconds } when !saysEpoch => "In seconds since the Unix epoch.",
            _ when HoldsRaw(type) => "If read from a payload, it is a slice of it, valid as long as the payload is not modified.",
            _ => "",
        };
    }

    /// <summary>True when a value is, or holds, JSON that is kept as it was received.</summary>
    private static bool HoldsRaw(TypeRef type) => type.Inner is { } inner ? HoldsRaw(inner) : type is RawObjectRef or AnyTypeRef;

    /// <summary>The limits of an element.</summary>
    private static string Each(TypeRef type) => type switch
    {
        StringRef s => Text(s.Rule),
        IntegerRef i => Number(i.Rule),
        NumberRef n => Number(n.Rule),
        NullableRef n => Each(n.Value),
        ArrayRef a => Join(", ", Prefixed("with ", Count(a.MinItems, a.MaxItems, "items")), Prefixed("each ", Each(a.Element))),
        _ => "",
    };

    /// <summary>A Boolean as JSON text.</summary>
    public static string Flag(bool value) => value ? "true" : "false";

    /// <summary>The JSON type of a value, with its article.</summary>
    public static string Kinds(TypeRef type) => type switch
    {
        AnyTypeRef { Alternatives.Count: 0 } => "any JSON value",
        AnyTypeRef a => string.Join(" or ", a.Alternatives.Select(Kinds)),
        NullRef => "null",
        NullableRef n => Kinds(n.Value) + " or null",
        IntegerRef or NumericEnumRef => "a whole number",
        NumberRef => "a number",
        BooleanRef => "true or false",
        ArrayRef { Element: StringRef } => "an array of strings",
        ArrayRef => "an array",
        MapRef or ObjectRef or UnionRef or RawObjectRef => "an object",
        _ => "a string",
    };

    /// <summary>The rule for a string, without a verb: <c>1 to 64 characters of [a-z]</c>.</summary>
    public static string Text(StringRule rule)
    {
        string alternatives = string.Join(", ", rule.AlsoAllowed.Select(v => "\"" + v + "\""));
        if (rule.IsClosed)
        {
            return rule.AlsoAllowed.Count == 1 ? alternatives : "one of " + alternatives;
        }

        string characters = rule.Characters switch
        {
            null => "",
            { ExcludesControls: true } => " without control characters",
            { } set => " of `" + Class(set.Pattern) + "`",
        };
        string length = Count(rule.MinLength, rule.MaxLength, "characters");
        string text = length.Length > 0 ? length + characters : characters.Length > 0 ? "characters" + characters : "";
        text = rule.Automaton is null ? text : Join(", ", text, "a text that matches `" + rule.Automaton.Pattern + "`");
        text = Join(", ", text, Format(rule.Format));
        return Join(", or ", [text, .. rule.Others.Select(Text), alternatives]);
    }

    private static string Format(TextFormat format) => format switch
    {
        TextFormat.Email => "an email address",
        TextFormat.HostName => "a host name",
        TextFormat.Ipv4 => "an IPv4 address",
        TextFormat.Ipv6 => "an IPv6 address",
        TextFormat.Uri => "a URI",
        TextFormat.UriReference => "a URI reference",
        TextFormat.Iri => "an IRI",
        TextFormat.IriReference => "an IRI reference",
        TextFormat.Time => "a time of day such as 08:30:00Z",
        TextFormat.Duration => "a duration such as PT1H30M",
        TextFormat.JsonPointer => "a JSON pointer",
        TextFormat.Date => "a date such as 2026-11-30",
        TextFormat.DateTime => "a date and time such as 2026-11-30T08:30:00Z",
        TextFormat.Uuid => "a UUID",
        _ => "",
    };

    /// <summary>The rule for a whole number, without a verb: <c>1 to 10080, or -1</c>.</summary>
    public static string Number(IntegerRule rule) => Join(
        ", or ",
        Join(
            ", ",
            Range(rule.Minimum is { } min ? CSharp.Number(min) : null, rule.Maximum is { } max ? CSharp.Number(max) : null),
            rule.MultipleOf > 0 ? "a multiple of " + CSharp.Number(rule.MultipleOf) : ""),
        string.Join(", or ", rule.Others.Select(Number)),
        (rule.IsClosed && rule.AlsoAllowed.Count > 1 ? "one of " : "") + string.Join(", ", rule.AlsoAllowed.Select(CSharp.Number)));

    /// <summary>The rule for a number, without a verb.</summary>
    public static string Number(NumberRule rule) => Join(
        ", or ",
        Join(
            ", ",
            rule.Allowed.Count > 0 ? (rule.Allowed.Count > 1 ? "one of " : "") + string.Join(", ", rule.Allowed.Select(CSharp.Number)) : "",
            Range(rule.Minimum is { } min ? CSharp.Number(min) : null, rule.Maximum is { } max ? CSharp.Number(max) : null),
            rule.MultipleOf > 0 ? "a multiple of " + CSharp.Number(rule.MultipleOf) : ""),
        string.Join(", or ", rule.Others.Select(Number)));

    /// <summary>The rule for a count, without a verb: <c>at most 10 entries</c>.</summary>
    public static string Count(int minimum, int maximum, string unit)
    {
        string range = Range(minimum > 0 ? CSharp.Number(minimum) : null, maximum >= 0 ? CSharp.Number(maximum) : null);
        bool isOne = maximum == 1 ? minimum <= 1 : maximum < 0 && minimum == 1;
        return range.Length == 0 ? "" : range + " " + (isOne ? Singular(unit) : unit);
    }

    private static string Singular(string unit) =>
        unit.EndsWith("ies", System.StringComparison.Ordinal) ? unit.Substring(0, unit.Length - 3) + "y" : unit.TrimEnd('s');

    private static string Range(string? minimum, string? maximum) => (minimum, maximum) switch
    {
        (null, null) => "",
        ({ } min, null) => "at least " + min,
        (null, { } max) => "at most " + max,
        ({ } min, { } max) => min == max ? "exactly " + min : min + " to " + max,
    };

    private static string Prefixed(string prefix, string text) => text.Length == 0 ? "" : prefix + text;

    /// <summary>The character class of a pattern such as <c>^[a-z]+$</c>.</summary>
    private static string Class(string pattern)
    {
        int open = pattern.IndexOf('[');
        int close = pattern.LastIndexOf(']');
        return open >= 0 && close > open ? pattern.Substring(open, close - open + 1) : pattern;
    }
}
