using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads alternatives that are values: strings, numbers, Booleans, arrays and free-form objects.</summary>
internal sealed class AnyOfParser(SpecContext context, SchemaMerger merger, StringRuleParser strings, Func<Schema, TypeRef> convert)
{
    /// <summary>Reads a schema with <c>anyOf</c> whose alternatives are values; null when it is faulty (which is reported).</summary>
    public TypeRef? Parse(Schema schema)
    {
        if (context.Expect<JsonArray>(schema["anyOf"], "an array") is not { } list)
        {
            return null;
        }

        List<Schema> alternatives = list.Items.Select(merger.Merge).OfType<Schema>().ToList();
        Schema rest = schema.Copy(schema.Site);
        rest.Keywords.Remove("anyOf");
        return alternatives.Count < list.Items.Count ? null : Parse(alternatives.Select(a => merger.Combine(a, rest)).ToList());
    }

    /// <summary>Reads alternatives that are values; null when one is faulty (which is reported).</summary>
    public TypeRef? Parse(IReadOnlyList<Schema> alternatives)
    {
        Values values = new();
        bool allowsNull = false;
        foreach (Schema alternative in alternatives)
        {
            allowsNull |= Nullability.Split(alternative, out Schema one, out bool isOnlyNull);
            if (!isOnlyNull && !Add(values, one))
            {
                return null;
            }
        }

        TypeRef[] types = new[] { values.Text(), Number(values), values.Flag() }.OfType<TypeRef>().Concat(values.Others).ToArray();
        TypeRef type = values.IsAny ? AnyTypeRef.Json : types.Length == 1 ? types[0] : new AnyTypeRef(new EquatableArray<TypeRef>(types));
        return allowsNull ? NullableRef.Of(type) : type;
    }

    /// <summary>Reads a schema with <c>anyOf</c> that must be one of strings.</summary>
    public StringRule? ParseStrings(Schema schema)
    {
        if (Parse(schema) is not { } type)
        {
            return null;
        }

        if (type is StringRef text)
        {
            return text.Rule;
        }

        context.Bag.ReportName(
            DiagnosticDescriptors.UncheckedKeyword, schema["anyOf"]!, schema["anyOf"]!.Path, "write alternatives that are all strings");
        return StringRule.None;
    }

    private bool Add(Values values, Schema schema)
    {
        IReadOnlyList<JsonNode>? listed = schema["const"] is { } constant ? new[] { constant } : (schema["enum"] as JsonArray)?.Items;
        if (listed is not null)
        {
            return listed.All(value => Add(values, value));
        }

        string? type = schema["type"] is { } declared ? (declared as JsonString)?.Value : TypeInference.TypeOf(schema);
        switch (type)
        {
            case null when schema["type"] is null:
                values.IsAny = true;
                return true;
            case "string" when strings.Parse(schema) is { } rule:
                values.Texts.Add(rule);
                return true;
            case "integer" when new NumberParser(context).ParseInteger(schema) is { } number:
                values.Integers.Add(number);
                return true;
            case "number" when new NumberParser(context).ParseNumber(schema) is { } number:
                values.Numbers.Add(number);
                return true;
            case "boolean":
                values.AllowAnyFlag();
                return true;
            case "array" or "object":
                values.AddOther(convert(schema));
                return true;
            case null:
                return Add(values, convert(schema));
            default:
                return convert(schema) is not AnyTypeRef;
        }
    }

    private static bool Add(Values values, TypeRef type)
    {
        foreach (TypeRef one in type is AnyTypeRef any ? any.Alternatives : new EquatableArray<TypeRef>(new[] { type }))
        {
            switch (one)
            {
                case StringRef s:
                    values.Texts.Add(s.Rule);
                    break;
                case IntegerRef i:
                    values.Integers.Add(i);
                    break;
                case NumberRef n:
                    values.Numbers.Add(n);
                    break;
                case BooleanRef:
                    values.AllowAnyFlag();
                    break;
                default:
                    values.AddOther(one);
                    break;
            }
        }

        values.IsAny |= type is AnyTypeRef { Alternatives.Count: 0 };
        return true;
    }

    private bool Add(Values values, JsonNode value)
    {
        switch (value)
        {
            case JsonString text:
                values.AddText(text.Value);
                return true;
            case JsonNumber number when NumberParser.IsInteger(number) && !NumberParser.IsWhole(number):
                new NumberParser(context).ParseConstant(number);
                values.Integers.Add(new IntegerRef(IntegerFormat.UInt64, IntegerRule.None));
                return true;
            case JsonNumber number:
                values.AddNumber(number);
                return NumberParser.IsWhole(number) || new NumberParser(context).Double(number) is not null;
            case JsonBool flag:
                values.Flags.Add(flag.Value);
                return true;
            default:
                context.Bag.ReportValue(
                    DiagnosticDescriptors.UncheckedKeyword, value, value.Path, "only strings, numbers, true and false can be listed");
                values.AddOther(value is JsonArray ? new ArrayRef(AnyTypeRef.Json, 0, -1) : new RawObjectRef(-1));
                return true;
        }
    }

    /// <summary>The type of the numbers among the alternatives, or null if there are none.</summary>
    private TypeRef? Number(Values values)
    {
        if (values.Numbers.Count > 0 || values.Listed.Any(n => !NumberParser.IsWhole(n)))
        {
            IEnumerable<NumberRule> rules = values.Numbers.Select(n => n.Rule).Concat(values.Integers.Select(ToNumber));
            List<double> allowed = values.Listed.Select(new NumberParser(context).Double).OfType<double>().ToList();
            if (allowed.Count < values.Listed.Count)
            {
                return new NumberRef(NumberRule.None);
            }

            NumberRule ofNumbers = NumberRule.None with { Allowed = new EquatableArray<double>(allowed) };
            return new NumberRef(Any(
                values.Listed.Count == 0 ? rules : rules.Append(ofNumbers),
                NumberRule.None,
                (first, others) => first with { Others = others }));
        }

        if (values.Integers.Count == 0 && values.Listed.Count == 0)
        {
            return null;
        }

        EquatableArray<long> listed = new(values.Listed.Select(NumberParser.ToWhole).ToArray());
        if (values.Integers.Count == 0)
        {
            return new IntegerRef(IntegerFormat.Int64, IntegerRule.None with { AlsoAllowed = listed, IsClosed = true });
        }

        IntegerFormat format = values.Integers[0].Format;
        bool isCommon = values.Integers.All(i => i.Format == format)
            && (format != IntegerFormat.Int32 || listed.All(v => v is >= int.MinValue and <= int.MaxValue))
            && (format != IntegerFormat.UInt64 || listed.All(v => v >= 0));
        IntegerRule rule = Any(
            values.Integers.Select(i => isCommon ? i.Rule : InLong(i)),
            IntegerRule.None,
            (first, others) => first with { Others = others });
        return new IntegerRef(isCommon ? format : IntegerFormat.Int64, rule with { AlsoAllowed = listed });
    }

    /// <summary>A rule that each of several rules satisfies. One without limits leaves none.</summary>
    private static T Any<T>(IEnumerable<T> rules, T none, Func<T, EquatableArray<T>, T> with)
        where T : class, IEquatable<T>
    {
        List<T> distinct = rules.Distinct().ToList();
        return distinct.Contains(none) ? none : with(distinct[0], new EquatableArray<T>(distinct.Skip(1).ToArray()));
    }

    /// <summary>The rule with the limits that the C# type implies.</summary>
    private static IntegerRule InLong(IntegerRef integer) => integer.Format switch
    {
        IntegerFormat.Int32 => integer.Rule with
        {
            Minimum = integer.Rule.Minimum ?? int.MinValue,
            Maximum = integer.Rule.Maximum ?? int.MaxValue,
        },
        IntegerFormat.UInt64 => integer.Rule with { Minimum = integer.Rule.Minimum ?? 0 },
        _ => integer.Rule,
    };

    private static NumberRule ToNumber(IntegerRef integer)
    {
        IntegerRule rule = InLong(integer);
        return new NumberRule(rule.Minimum, rule.Maximum, Math.Max(1, rule.MultipleOf));
    }

    /// <summary>What the alternatives allow, by JSON type.</summary>
    private sealed class Values
    {
        private readonly List<string> _texts = new();

        public List<StringRule> Texts { get; } = new();

        public List<IntegerRef> Integers { get; } = new();

        public List<NumberRef> Numbers { get; } = new();

        public List<JsonNumber> Listed { get; } = new();

        public HashSet<bool> Flags { get; } = new();

        /// <summary>Arrays and objects.</summary>
        public List<TypeRef> Others { get; } = new();

        public bool IsAny { get; set; }

        public void AddText(string text)
        {
            if (!_texts.Contains(text))
            {
                _texts.Add(text);
            }
        }

        public void AddNumber(JsonNumber number)
        {
            if (!Listed.Any(n => NumberParser.AreEqual(n, number)))
            {
                Listed.Add(number);
            }
        }

        /// <summary>Adds an array or an object. Of two only the JSON type is checked.</summary>
        public void AddOther(TypeRef type)
        {
            int same = Others.FindIndex(o => o is ArrayRef == type is ArrayRef);
            if (same < 0)
            {
                Others.Add(type);
            }
            else if (Others[same] != type)
            {
                Others[same] = type is ArrayRef ? new ArrayRef(AnyTypeRef.Json, 0, -1) : new RawObjectRef(-1);
            }
        }

        public StringRef? Text()
        {
            if (Texts.Count == 0 && _texts.Count == 0)
            {
                return null;
            }

            EquatableArray<string> listed = new(_texts);
            if (Texts.Count == 0)
            {
                return new StringRef(StringRule.None with { AlsoAllowed = listed, IsClosed = true });
            }

            return new StringRef(
                Any(Texts, StringRule.None, (first, others) => first with { Others = others }) with { AlsoAllowed = listed });
        }

        public void AllowAnyFlag()
        {
            Flags.Add(true);
            Flags.Add(false);
        }

        public BooleanRef? Flag() => Flags.Count == 0 ? null : new BooleanRef(Flags.Count == 1 ? Flags.First() : null);
    }
}
