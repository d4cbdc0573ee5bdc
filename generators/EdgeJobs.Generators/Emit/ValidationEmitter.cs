using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Model;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the checks of the spec's limits.</summary>
internal static class ValidationEmitter
{
    /// <summary>The method that checks an object.</summary>
    /// <param name="model">The object.</param>
    /// <param name="isOverride">Its base has the method.</param>
    public static Code TryValidate(ObjectModel model, bool isOverride) => $$"""
        /// <inheritdoc/>
        public {{(isOverride ? "override " : "")}}bool TryValidate(out ConstraintViolation violation)
        {
            {{model.Members.Where(m => NeedsCheck(m.Type)).Select(CheckMember)}}
            {{(model.Rule is null ? null : CheckPresence(model, model.Rule))}}
            violation = default;
            return true;
        }
        """;

    /// <summary>The checks of which members are present.</summary>
    private static Code CheckPresence(ObjectModel model, ObjectRule rule)
    {
        // The member that distinguishes an alternative is always written.
        IEnumerable<string> members = model.Members.Select(m => m.Type is RestRef ? $"({m.Name}?.Count ?? 0)"
            : IsPresent(m) is { Length: > 0 } condition ? $"({condition} ? 1 : 0)"
            : "1");
        string count = string.Join(" + ", model.Union is null ? members : members.Prepend("1"));
        Code? counts = If(
            OutOfRange($"({Or(count, "0")})", rule.MinMembers > 0 ? rule.MinMembers : null, rule.MaxMembers >= 0 ? rule.MaxMembers : null),
            "\"\"",
            "must have " + RuleText.Count(rule.MinMembers, rule.MaxMembers, "members"));
        return Code.Blocks(rule.Choices.Select(choice => CheckChoice(model, choice)).Prepend(counts).OfType<Code>());
    }

    private static Code? CheckChoice(ObjectModel model, MemberChoice choice)
    {
        string[] conditions = choice.Alternatives
            .Select(names => string.Join(
                " && ", model.Members.Where(m => names.Contains(m.JsonName)).Select(IsPresent).Where(c => c.Length > 0)))
            .ToArray();
        string names = string.Join(" or ", choice.Alternatives.Select(a => string.Join(" and ", a)));
        if (!choice.IsExclusive)
        {
            return conditions.Contains("")
                ? null
                : If($"!({string.Join(" || ", conditions.Select(c => $"({c})"))})", "\"\"", "must have " + names);
        }

        string count = string.Join(" + ", conditions.Select(c => c.Length == 0 ? "1" : $"({c} ? 1 : 0)"));
        return If($"{count} != 1", "\"\"", "must have either " + names);
    }

    /// <summary>The condition under which a member is present; nothing for one that always is.</summary>
    private static string IsPresent(MemberModel member) => member.IsRequired ? ""
        : TypeNames.IsRaw(member.Type) ? $"!{member.Name}.IsEmpty"
        : member.Name + " is not null";

    /// <summary>The condition under which a string violates a rule, or nothing if there is no limit.</summary>
    public static string StringViolation(StringRule rule, string value)
    {
        string outside = rule.AlsoAllowed.Count == 0 ? "" : $"{value} is not ({string.Join(" or ", rule.AlsoAllowed.Select(Literal))})";
        if (rule.IsClosed)
        {
            return outside;
        }

        // If only ASCII is allowed, a code point is a char, and other texts are rejected anyway.
        bool isAscii = rule.Characters is { ExcludesControls: false };
        string length = OutOfRange(
            isAscii ? value + ".Length" : $"TextRules.Length({value})",
            rule.MinLength > 0 ? rule.MinLength : null,
            rule.MaxLength >= 0 ? rule.MaxLength : null);
        string characters = rule.Characters switch
        {
            null => "",
            { ExcludesControls: true } => $"!TextRules.HasNoControls({value})",
            { Ascii: var ascii } => $"!TextRules.IsAllAscii({value}, {Bits(ascii, 0)}, {Bits(ascii, 64)})",
        };
        string format = rule.Format == TextFormat.None ? "" : $"!{Format(rule.Format, value)}";
        string automaton = rule.Automaton is { } a
            ? $"!TextPattern.IsMatch({value}, {a.Classes}, [{string.Join(", ", a.Ranges)}], [{string.Join(", ", a.States)}])"
            : "";
        string violation = Join(" || ", length, characters, automaton, format);
        violation = All(violation, rule.Others.Select(o => StringViolation(o, value)));
        return violation.Length == 0 || outside.Length == 0 ? violation : $"{outside} && ({violation})";
    }

    /// <summary>The condition under which a value violates every one of several rules; nothing if one has no limit.</summary>
    private static string All(string first, IEnumerable<string> others) => others.Aggregate(
        first, (all, other) => all.Length == 0 || other.Length == 0 ? "" : $"({all}) && ({other})");

    private static string Format(TextFormat format, string value) => format switch
    {
        TextFormat.Iri => $"TextFormats.IsUri({value}, isInternational: true)",
        TextFormat.IriReference => $"TextFormats.IsUriReference({value}, isInternational: true)",
        _ => $"TextFormats.Is{format}({value})",
    };

    /// <summary>The condition under which a whole number violates a rule, or nothing if there is no limit.</summary>
    public static string IntegerViolation(IntegerRule rule, string value)
    {
        string range = Join(
            " || ",
            OutOfRange(value, rule.Minimum, rule.Maximum),
            rule.MultipleOf > 0 ? $"{value} % {Number(rule.MultipleOf)} != 0" : "");
        range = All(range, rule.Others.Select(o => IntegerViolation(o, value)));
        string allowed = string.Join(" or ", rule.AlsoAllowed.Select(Number));
        if (rule.IsClosed)
        {
            return $"{value} is not ({allowed})";
        }

        return range.Length == 0 || allowed.Length == 0 ? range : $"{value} is not ({allowed}) && ({range})";
    }

    /// <summary>The condition under which a number violates a rule, or nothing if there is no limit.</summary>
    public static string NumberViolation(NumberRule rule, string value) => All(
        Join(
            " || ",
            rule.Allowed.Count > 0 ? $"{value} is not ({string.Join(" or ", rule.Allowed.Select(Number))})" : "",
            rule.Minimum is { } minimum ? $"!({value} >= {Number(minimum)})" : "",
            rule.Maximum is { } maximum ? $"!({value} <= {Number(maximum)})" : "",
            rule.MultipleOf > 0 ? $"!ValueRules.IsMultipleOf({value}, {Number(rule.MultipleOf)})" : ""),
        rule.Others.Select(o => NumberViolation(o, value)));

    private static string OutOfRange(string value, long? minimum, long? maximum) => (minimum, maximum) switch
    {
        ({ } min, { } max) => $"{value} is < {Number(min)} or > {Number(max)}",
        ({ } min, null) => $"{value} < {Number(min)}",
        (null, { } max) => $"{value} > {Number(max)}",
        _ => "",
    };

    /// <summary>The set of allowed characters among 64 from an offset, as the bits of a literal.</summary>
    private static string Bits(string ascii, int offset)
    {
        ulong bits = 0;
        foreach (char c in ascii.Where(c => c >= offset && c < offset + 64))
        {
            bits |= 1UL << (c - offset);
        }

        return "0x" + bits.ToString("X16", CultureInfo.InvariantCulture) + "UL";
    }

    private static bool NeedsCheck(TypeRef type) => type switch
    {
        StringRef s => StringViolation(s.Rule, "x").Length > 0,
        IntegerRef i => IntegerViolation(i.Rule, "x").Length > 0,
        NumberRef n => NumberViolation(n.Rule, "x").Length > 0,
        BooleanRef b => b.Constant is not null,
        DateTimeRef or DateRef or UuidRef => false,
        BytesRef y => y.MaxBytes >= 0,
        NullableRef n => NeedsCheck(n.Value),
        ArrayRef a => a.MinItems > 0 || a.MaxItems >= 0 || a.IsUnique || NeedsCheck(a.Element),
        RestRef => true,
        MapRef m => m.MinProperties > 0 || m.MaxProperties >= 0 || NeedsCheck(m.Value) || NeedsCheck(new StringRef(m.Key)),
        _ => true,
    };

    private static Code CheckMember(MemberModel member)
    {
        bool isRaw = TypeNames.IsRaw(member.Type);
        string local = Local(member.Name);
        string condition = isRaw ? $"!{member.Name}.IsEmpty" : $"{member.Name} is {{ }} {local}";
        return $$"""
            if ({{condition}})
            {
                {{Check(member.Type, isRaw ? member.Name : local, Literal(member.JsonName), depth: 0)}}
            }

            """;
    }

    /// <summary>The check of a value.</summary>
    /// <param name="type">The type of the value.</param>
    /// <param name="value">The value as an expression.</param>
    /// <param name="path">The path of the value as an expression.</param>
    /// <param name="depth">The number of arrays and maps around the value.</param>
    private static Code? Check(TypeRef type, string value, string path, int depth)
    {
        switch (type)
        {
            case StringRef s:
                return If(StringViolation(s.Rule, value), path, "must be " + RuleText.Text(s.Rule).Replace("`", ""));
            case IntegerRef i:
                return If(IntegerViolation(i.Rule, value), path, "must be " + RuleText.Number(i.Rule));
            case NumberRef n:
                return If(NumberViolation(n.Rule, value), path, "must be " + RuleText.Number(n.Rule));
            case EnumRef e:
                return If(value + " == default", path, $"must be a value of {e.Name} other than Unknown");
            case NumericEnumRef e:
                return If($"!{value}.IsKnown()", path, "must be a value of " + e.Name);
            case BooleanRef { Constant: { } only }:
                return If(only ? "!" + value : value, path, "must be " + RuleText.Flag(only));
            case BytesRef b:
                return Size(value + ".Length", b.MaxBytes, path);
            case RawObjectRef r:
                Code? isObject = If($"!{value}.IsObject()", path, "must be one JSON object");
                return Size(value + ".Utf8.Length", r.MaxBytes, path) is { } size ? $"{size}\n\n{isObject}" : isObject;
            case AnyTypeRef any:
                return $"""
                    {If($"!{value}.Is({TypeNames.Kinds(type)})", path, "must be " + RuleText.Kinds(type))}

                    {Code.Blocks(any.Alternatives.Select(a => CheckAlternative(a, value, path)).OfType<Code>())}
                    """;
            case NullableRef n:
                Code? check = Check(n.Value, TypeNames.IsStruct(n.Value) ? value + ".Value" : value, path, depth);
                if (check is null)
                {
                    return null;
                }

                return $$"""
                    if ({{(TypeNames.IsRaw(n.Value) ? $"!{value}.IsEmpty" : value + " is not null")}})
                    {
                        {{check}}
                    }
                    """;
            case ObjectRef or UnionRef:
                return $$"""
                    if (!{{value}}.TryValidate(out violation))
                    {
                        violation = violation.Within({{path}});
                        return false;
                    }
                    """;
            case ArrayRef a:
                return $"""
                    {Count(a.MinItems, a.MaxItems, value, path, "items")}

                    {(a.IsUnique ? If($"!ValueRules.AreUnique({value})", path, "must have no value twice") : null)}

                    {CheckItems(a, value, path, depth)}
                    """;
            case MapRef m:
                return $"""
                    {Count(m.MinProperties, m.MaxProperties, value, path, "entries")}

                    {CheckEntries(m, value, path, depth)}
                    """;
            default:
                return null;
        }
    }

    /// <summary>The check of the limits of a value that has one of several JSON types.</summary>
    private static Code? CheckAlternative(TypeRef type, string value, string path)
    {
        return type switch
        {
            StringRef s => Violates("HasText", "text", StringViolation(s.Rule, "text"), RuleText.Text(s.Rule).Replace("`", "")),
            NumberRef n => Violates("HasDouble", "number", NumberViolation(n.Rule, "number"), RuleText.Number(n.Rule)),
            IntegerRef i => Violates(
                "HasInt64",
                "number",
                Or(IntegerViolation(i.Rule, "number"), "false"),
                Join(", ", "a whole number", RuleText.Number(i.Rule))),
            BooleanRef { Constant: { } only } => If(
                $"{value}.HasBoolean({RuleText.Flag(!only)})", path, $"must not be {RuleText.Flag(!only)}"),
            _ => null,
        };

        Code? Violates(string method, string parameter, string violation, string limits) => violation.Length == 0
            ? null
            : If(
                $"{value}.{method}(static {parameter} => {violation})",
                path,
                $"must be {limits} if it is a {(type is StringRef ? "string" : "number")}");
    }

    private static Code? CheckItems(ArrayRef array, string value, string path, int depth)
    {
        if (!NeedsCheck(array.Element))
        {
            return null;
        }

        string suffix = depth == 0 ? "" : Number(depth);
        (string index, string item) = ("index" + suffix, "item" + suffix);
        return $$"""
            for (int {{index}} = 0; {{index}} < {{value}}.Count; {{index}}++)
            {
                {{TypeNames.Model(array.Element)}} {{item}} = {{value}}[{{index}}];
                {{Check(array.Element, item, $"{path} + \"[\" + {index} + \"]\"", depth + 1)}}
            }
            """;
    }

    private static Code? CheckEntries(MapRef map, string value, string path, int depth)
    {
        string[] listed = map is RestRef rest ? rest.Listed.Select(Literal).ToArray() : [];
        if (listed.Length == 0 && !NeedsCheck(map.Value) && !NeedsCheck(new StringRef(map.Key)))
        {
            return null;
        }

        string entry = "entry" + (depth == 0 ? "" : Number(depth));
        return $$"""
            foreach (KeyValuePair<string, {{TypeNames.Model(map.Value)}}> {{entry}} in {{value}})
            {
                {{If(listed.Length == 0 ? "" : $"{entry}.Key is {string.Join(" or ", listed)}", entry + ".Key", "must be in its own member")}}

                {{If(StringViolation(map.Key, entry + ".Key"), path, "must have names of " + RuleText.Text(map.Key).Replace("`", ""))}}

                {{Check(map.Value, entry + ".Value", path == "\"\"" ? entry + ".Key" : $"{path} + \".\" + {entry}.Key", depth + 1)}}
            }
            """;
    }

    private static Code? Size(string length, int maximum, string path) =>
        maximum < 0 ? null : If($"{length} > {Number(maximum)}", path, $"must have at most {Number(maximum)} bytes");

    private static Code? Count(int minimum, int maximum, string value, string path, string unit) => If(
        OutOfRange(value + ".Count", minimum > 0 ? minimum : null, maximum >= 0 ? maximum : null),
        path,
        "must have " + RuleText.Count(minimum, maximum, unit));

    private static Code? If(string condition, string path, string rule)
    {
        if (condition.Length == 0)
        {
            return null;
        }

        return $$"""
            if ({{condition}})
            {
                violation = new ConstraintViolation({{path}}, {{Literal(rule)}});
                return false;
            }
            """;
    }
}
