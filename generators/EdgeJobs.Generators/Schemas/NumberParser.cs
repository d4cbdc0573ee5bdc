using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads schemas of whole numbers and of numbers.</summary>
internal sealed class NumberParser(SpecContext context)
{
    private static readonly Dictionary<string, IntegerFormat> IntegerFormats = new(StringComparer.Ordinal)
    {
        ["int32"] = IntegerFormat.Int32,
        ["int64"] = IntegerFormat.Int64,
        ["epoch-seconds"] = IntegerFormat.EpochSeconds,
    };

    private const decimal Smallest = 0.0000000000000000000000000001m;

    private static readonly HashSet<string> NumberFormats = new(StringComparer.Ordinal) { "double", "float" };

    /// <summary>Reads a schema of whole numbers; null when it is faulty (which is reported).</summary>
    public IntegerRef? ParseInteger(Schema schema)
    {
        IntegerFormat format = IntegerFormat.Int64;
        if (context.Expect<JsonString>(schema["format"], "a string") is { } name && !IntegerFormats.TryGetValue(name.Value, out format))
        {
            bool isUnsigned = name.Value.StartsWith("uint", StringComparison.Ordinal);
            Formats.ReportUnknown(
                context, name, "whole numbers", IntegerFormats.Keys, isUnsigned ? "'int64' with 'minimum' and 'maximum'" : null);
        }

        bool narrow = format == IntegerFormat.Int32;
        decimal lowest = narrow ? int.MinValue : long.MinValue;
        decimal highest = narrow ? int.MaxValue : long.MaxValue;
        decimal minimum = lowest;
        decimal maximum = highest;
        bool whole = Limit("minimum", decimal.Ceiling, ref minimum, isLower: true)
            & Limit("maximum", decimal.Floor, ref maximum, isLower: false)
            & Limit("exclusiveMinimum", v => decimal.Floor(v) + 1, ref minimum, isLower: true)
            & Limit("exclusiveMaximum", v => decimal.Ceiling(v) - 1, ref maximum, isLower: false);
        long? only = null;
        if (schema["const"] is { } constant)
        {
            only = ParseConstant(constant, lowest, highest);
            whole &= only is not null;
            minimum = Math.Max(minimum, only ?? lowest);
            maximum = Math.Min(maximum, only ?? highest);
        }

        if (!whole)
        {
            return null;
        }

        if (minimum > maximum)
        {
            ReportEmpty(schema, minimum.ToString(CultureInfo.InvariantCulture), maximum.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        // A limit that the C# type implies is not needed.
        long? least = only ?? (minimum > lowest ? (long)minimum : null);
        long? greatest = only ?? (maximum < highest ? (long)maximum : null);
        return new IntegerRef(format, new IntegerRule(least, greatest, EquatableArray<long>.Empty));

        // A limit beyond the C# type would allow values that can't be read: report it and return false.
        bool Limit(string name, Func<decimal, decimal> round, ref decimal limit, bool isLower)
        {
            if (context.Expect<JsonNumber>(schema[name], "a number") is not { } number)
            {
                return schema[name] is null;
            }

            if (!TryRead(number, out decimal value)
                || Math.Abs(value) > 1e20m
                || (isLower ? round(value) < lowest : round(value) > highest))
            {
                string range = narrow ? "int32, " + Range(lowest, highest) : Range(lowest, highest);
                ReportRange(number, " (" + range + ")", narrow ? ", or remove \"format\": \"int32\"" : "");
                return false;
            }

            limit = isLower ? Math.Max(limit, round(value)) : Math.Min(limit, round(value));
            return true;
        }
    }

    /// <summary>A whole number that stands for a value, or null.</summary>
    public long? ParseConstant(JsonNode node, decimal lowest = long.MinValue, decimal highest = long.MaxValue)
    {
        if (context.Expect<JsonNumber>(node, "a whole number") is not { } number)
        {
            return null;
        }

        if (TryRead(number, out decimal value) && value == decimal.Truncate(value) && value >= lowest && value <= highest)
        {
            return (long)value;
        }

        context.Bag.ReportValue(
            DiagnosticDescriptors.InvalidValue, node, node.Path, number.Text, "write a whole number from " + Range(lowest, highest));
        return null;
    }

    /// <summary>Reads a schema of numbers; null when it is faulty (which is reported).</summary>
    public NumberRef? ParseNumber(Schema schema)
    {
        if (context.Expect<JsonString>(schema["format"], "a string") is { } name && !NumberFormats.Contains(name.Value))
        {
            Formats.ReportUnknown(context, name, "numbers", NumberFormats);
        }

        double? minimum = Double(schema["minimum"]);
        double? maximum = Double(schema["maximum"]);
        if (Double(schema["exclusiveMinimum"]) is { } above)
        {
            minimum = Math.Max(minimum ?? double.MinValue, Next(above));
        }

        if (Double(schema["exclusiveMaximum"]) is { } below)
        {
            maximum = Math.Min(maximum ?? double.MaxValue, -Next(-below));
        }

        if (schema["const"] is { } constant && Double(constant) is { } only)
        {
            minimum = Math.Max(minimum ?? only, only);
            maximum = Math.Min(maximum ?? only, only);
        }

        if (minimum > maximum || minimum is double.PositiveInfinity || maximum is double.NegativeInfinity)
        {
            ReportEmpty(schema, Show(minimum ?? double.MinValue), Show(maximum ?? double.MaxValue));
            return null;
        }

        return new NumberRef(new NumberRule(minimum, maximum));
    }

    /// <summary>A number, or null when it is absent or out of range (which is reported).</summary>
    public double? Double(JsonNode? node)
    {
        if (context.Expect<JsonNumber>(node, "a number") is not { } number)
        {
            return null;
        }

        if (double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && !double.IsInfinity(value))
        {
            return value;
        }

        ReportRange(number, "", "");
        return null;
    }

    /// <summary>A limit as text; beyond the greatest number lies what <c>exclusiveMinimum</c> may leave.</summary>
    private static string Show(double limit) => double.IsInfinity(limit)
        ? (limit > 0 ? "above " : "below ") + Show(limit > 0 ? double.MaxValue : double.MinValue)
        : limit.ToString("R", CultureInfo.InvariantCulture);

    private static string Range(decimal lowest, decimal highest) =>
        lowest.ToString(CultureInfo.InvariantCulture) + " to " + highest.ToString(CultureInfo.InvariantCulture);

    /// <summary>The least number that is greater: what <c>exclusiveMinimum</c> allows first.</summary>
    private static double Next(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return value == 0 ? double.Epsilon : BitConverter.Int64BitsToDouble(value > 0 ? bits + 1 : bits - 1);
    }

    private void ReportEmpty(Schema schema, string minimum, string maximum)
    {
        JsonNode place = schema["maximum"] ?? schema["exclusiveMaximum"] ?? schema["minimum"] ?? schema["exclusiveMinimum"] ?? schema.Site;
        RangeCheck.Report(context, place, minimum, maximum, "the least value");
    }

    private void ReportRange(JsonNumber number, string range, string more) => context.Bag.ReportValue(
        DiagnosticDescriptors.InvalidValue,
        number,
        number.Path,
        number.Text,
        "it is out of range for this kind of number" + range + "; remove it, or write a smaller one" + more);

    /// <summary>
    /// Reads a number. One that decimals round to 0 is the smallest of them, so that a limit rounds to the side it lies on.
    /// </summary>
    private static bool TryRead(JsonNumber number, out decimal value)
    {
        bool read = decimal.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        string digits = number.Text.Split('e', 'E')[0];
        if (read && value == 0 && digits.Any(c => c is >= '1' and <= '9'))
        {
            value = digits[0] == '-' ? -Smallest : Smallest;
        }

        return read;
    }
}
