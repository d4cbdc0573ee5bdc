using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads defaults, which must be values that the type allows.</summary>
internal sealed class DefaultParser(SpecContext context, TypeRegistry registry)
{
    /// <summary>Whether the default that was read is one; otherwise this is reported.</summary>
    public bool IsUsable { get; private set; } = true;

    /// <summary>Reads a default.</summary>
    /// <returns>A string, the C# name of an enum value, a number, true or false; null when there is none that code can use.</returns>
    public string? Parse(JsonNode? value, TypeRef type)
    {
        if (value is null or JsonNull)
        {
            return null;
        }

        bool fits = type switch
        {
            StringRef or EnumRef or DateTimeRef or DateRef or UuidRef or BytesRef => value is JsonString,
            IntegerRef or NumericEnumRef or NumberRef => value is JsonNumber,
            BooleanRef => value is JsonBool,
            ArrayRef => value is JsonArray,
            AnyTypeRef or UnionRef => true,
            _ => value is JsonObject,
        };
        if (!fits)
        {
            return Report(value, "write " + SchemaParser.Describe(type));
        }

        return (type, value) switch
        {
            (EnumRef e, JsonString text) => OfEnum(e, text),
            (NumericEnumRef e, JsonNumber number) => OfEnum(e, number),
            (StringRef s, JsonString text) => OfString(s, text),
            (IntegerRef i, JsonNumber number) => OfInteger(i, number),
            (NumberRef n, JsonNumber number) => OfNumber(n, number),
            (BooleanRef { Constant: { } only }, JsonBool flag) when only != flag.Value => Outside(flag, "always " + RuleText.Flag(only)),
            (BooleanRef, JsonBool flag) => flag.Kind,
            _ => null,
        };
    }

    private string? OfEnum(EnumRef type, JsonString text)
    {
        if (!registry.Types.TryGetValue(type.Name, out TypeModel? known) || known is not EnumModel model)
        {
            return null;
        }

        if (model.Values.FirstOrDefault(v => v.Wire == text.Value) is { } listed)
        {
            return listed.Name;
        }

        string fix = Spelling.DidYouMean(text.Value, model.Values.Select(v => v.Wire), "write one of the values that 'enum' lists");
        return Report(text, fix);
    }

    private string? OfEnum(NumericEnumRef type, JsonNumber number)
    {
        long value = NumberParser.IsWhole(number) ? NumberParser.ToWhole(number) : 0;
        if (!registry.Types.TryGetValue(type.Name, out TypeModel? known) || known is not NumericEnumModel model)
        {
            return null;
        }

        if (NumberParser.IsWhole(number) && model.Values.FirstOrDefault(v => v.Wire == value) is { } listed)
        {
            return listed.Name;
        }

        return Report(number, "write one of the values that 'enum' lists");
    }

    private string? OfString(StringRef type, JsonString text)
    {
        return Fits(type.Rule, text.Value) ? text.Value : Outside(text, RuleText.Text(type.Rule));
    }

    /// <summary>True if a rule allows a text, as far as can be decided here.</summary>
    public static bool Fits(StringRule rule, string text)
    {
        int length = new StringInfo(text).LengthInTextElements;
        int units = text.Length;

        // Lengths count code points, of which there are no fewer than text elements and no more than UTF-16 units.
        return rule.AlsoAllowed.Contains(text) || (!rule.IsClosed
            && units >= rule.MinLength
            && (rule.MaxLength < 0 || length <= rule.MaxLength)
            && (rule.Automaton?.IsMatch(text) ?? true)
            && (rule.Characters is not { ExcludesControls: false } set || text.All(c => set.Ascii.IndexOf(c) >= 0)))
            || rule.Others.Any(o => Fits(o, text));
    }

    private static bool Fits(IntegerRule rule, long value) => rule.AlsoAllowed.Contains(value)
        || (!rule.IsClosed && !(value < rule.Minimum) && !(value > rule.Maximum) && (rule.MultipleOf == 0 || value % rule.MultipleOf == 0))
        || rule.Others.Any(o => Fits(o, value));

    private static bool Fits(NumberRule rule, double value) =>
        (!(value < rule.Minimum) && !(value > rule.Maximum) && (rule.Allowed.Count == 0 || rule.Allowed.Contains(value)))
        || rule.Others.Any(o => Fits(o, value));

    private string? OfInteger(IntegerRef type, JsonNumber number)
    {
        IntegerRule rule = type.Rule;
        if (type.Format == IntegerFormat.UInt64 && NumberParser.IsInteger(number) && !NumberParser.IsWhole(number))
        {
            ulong wide = NumberParser.ToUnsigned(number);
            bool fits = rule is { Maximum: null, IsClosed: false } && (rule.MultipleOf == 0 || wide % (ulong)rule.MultipleOf == 0);
            return fits ? wide.ToString(CultureInfo.InvariantCulture) : Outside(number, RuleText.Number(rule));
        }

        if (!NumberParser.IsWhole(number))
        {
            return Outside(number, "a whole number of 64 bits");
        }

        long value = NumberParser.ToWhole(number);
        if ((type.Format == IntegerFormat.Int32 && value is < int.MinValue or > int.MaxValue)
            || (type.Format == IntegerFormat.UInt64 && value < 0))
        {
            return Outside(number, "in the range of the format");
        }

        return Fits(rule, value) ? CSharp.Number(value) : Outside(number, RuleText.Number(rule));
    }

    private string? OfNumber(NumberRef type, JsonNumber number)
    {
        if (!double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || double.IsInfinity(value))
        {
            return Outside(number, "a number in double precision");
        }

        NumberRule rule = type.Rule;
        return Fits(rule, value) ? CSharp.Number(value) : Outside(number, RuleText.Number(type.Rule));
    }

    private string? Outside(JsonNode value, string limits) => Report(value, "it must be " + limits.Replace("`", "").TrimEnd('.'));

    private string? Report(JsonNode value, string fix)
    {
        IsUsable = false;
        context.Bag.ReportValue(DiagnosticDescriptors.UnusableDefault, value, value.Path, value.Written, fix);
        return null;
    }
}
