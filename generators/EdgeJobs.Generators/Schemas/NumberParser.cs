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
    private static readonly Dictionary<string, (IntegerFormat Format, decimal Lowest, decimal Highest)> IntegerFormats =
        new(StringComparer.Ordinal)
        {
            ["int8"] = (IntegerFormat.Int32, sbyte.MinValue, sbyte.MaxValue),
            ["uint8"] = (IntegerFormat.Int32, byte.MinValue, byte.MaxValue),
            ["int16"] = (IntegerFormat.Int32, short.MinValue, short.MaxValue),
            ["uint16"] = (IntegerFormat.Int32, ushort.MinValue, ushort.MaxValue),
            ["int32"] = (IntegerFormat.Int32, int.MinValue, int.MaxValue),
            ["uint32"] = (IntegerFormat.Int64, uint.MinValue, uint.MaxValue),
            ["int64"] = (IntegerFormat.Int64, long.MinValue, long.MaxValue),
            ["uint64"] = (IntegerFormat.UInt64, ulong.MinValue, ulong.MaxValue),
            ["epoch-seconds"] = (IntegerFormat.EpochSeconds, long.MinValue, long.MaxValue),
        };

    private const decimal Smallest = 0.0000000000000000000000000001m;

    private static readonly string[] NumberFormats = { "double", "float", "decimal" };

    /// <summary>Reads a schema of whole numbers; null when it is faulty (which is reported).</summary>
    public IntegerRef? ParseInteger(Schema schema)
    {
        (IntegerFormat format, decimal lowest, decimal highest) = IntegerFormats["int64"];
        JsonString? name = context.Expect<JsonString>(schema["format"], "a string");
        if (name is not null && IntegerFormats.TryGetValue(name.Value, out (IntegerFormat, decimal, decimal) known))
        {
            (format, lowest, highest) = known;
        }
        else if (name is not null)
        {
            Formats.ReportMisspelt(context, name, "whole numbers", IntegerFormats.Keys);
            name = null;
        }

        bool isBeyond = name is null && IsBeyondLong(schema);
        if (isBeyond && IsPositive(schema))
        {
            (format, lowest, highest) = IntegerFormats["uint64"];
        }

        decimal minimum = lowest;
        decimal maximum = highest;
        string? written = null;
        Limit("minimum", decimal.Ceiling, ref minimum, isLower: true);
        Limit("maximum", decimal.Floor, ref maximum, isLower: false);
        Limit("exclusiveMinimum", v => decimal.Floor(v) + 1, ref minimum, isLower: true);
        Limit("exclusiveMaximum", v => decimal.Ceiling(v) - 1, ref maximum, isLower: false);
        long? only = null;
        if (schema["const"] is { } constant)
        {
            only = ParseConstant(constant, lowest, Math.Min(highest, long.MaxValue));
            minimum = Math.Max(minimum, only ?? lowest);
            maximum = Math.Min(maximum, only ?? highest);
        }

        if (minimum > maximum)
        {
            ReportEmpty(schema, Text(minimum, decimal.MaxValue), Text(maximum, decimal.MinValue));
            return new IntegerRef(format, IntegerRule.None);
        }

        if (format == IntegerFormat.UInt64 && maximum <= long.MaxValue)
        {
            (format, lowest, highest) = IntegerFormats["int64"];
        }

        // A limit that the C# type implies is not needed.
        (decimal first, decimal last) = format switch
        {
            IntegerFormat.Int32 => ((decimal)int.MinValue, (decimal)int.MaxValue),
            IntegerFormat.UInt64 => (0m, long.MaxValue),
            _ => (long.MinValue, long.MaxValue),
        };
        long? least = only ?? (minimum > first && minimum <= long.MaxValue ? (long)minimum : null);
        long? greatest = only ?? (maximum < last ? (long)maximum : null);
        long multipleOf = new FactorParser(context).OfWhole(schema);
        return new IntegerRef(format, new IntegerRule(least, greatest, EquatableArray<long>.Empty, multipleOf));

        string Text(decimal limit, decimal beyond) =>
            limit == beyond && written is not null ? written : limit.ToString(CultureInfo.InvariantCulture);

        void Limit(string keyword, Func<decimal, decimal> round, ref decimal limit, bool isLower)
        {
            if (context.Expect<JsonNumber>(schema[keyword], "a number") is not { } number)
            {
                return;
            }

            decimal value = ToDecimal(number);
            if (Math.Abs(value) < 1e28m)
            {
                value = round(value);
            }

            // A format that is narrower than the limit: values that the limit allows can't be read.
            if (name is { Value: not ("int64" or "uint64" or "epoch-seconds") } && (isLower ? value < lowest : value > highest))
            {
                context.Bag.ReportValue(
                    DiagnosticDescriptors.NarrowFormat, number, number.Path, number.Text, "the format '" + name.Value + "' allows",
                    Range(lowest, highest), "remove the format");
            }
            else if (isBeyond && !isLower && lowest < 0 && value is > long.MaxValue and <= ulong.MaxValue
                && (schema["minimum"] ?? schema["exclusiveMinimum"]) is not null)
            {
                context.Bag.ReportValue(
                    DiagnosticDescriptors.NarrowFormat, number, number.Path, number.Text, "a whole number that may be below 0 can be",
                    Range(lowest, highest), "write a minimum of 0");
            }

            limit = isLower ? Math.Max(limit, value) : Math.Min(limit, value);
            written = limit == (isLower ? decimal.MaxValue : decimal.MinValue) ? number.Written : written;
        }
    }

    /// <summary>True if the limits or the constant are about values that only an unsigned number of 64 bits can hold.</summary>
    private static bool IsBeyondLong(Schema schema) =>
        Limit(schema, "maximum") > long.MaxValue
        || Limit(schema, "exclusiveMaximum") > long.MaxValue + 1m
        || Limit(schema, "const") is > long.MaxValue and <= ulong.MaxValue;

    /// <summary>True if no value is below 0.</summary>
    private static bool IsPositive(Schema schema) =>
        Limit(schema, "minimum") > -1 || Limit(schema, "exclusiveMinimum") >= -1 || Limit(schema, "const") > long.MaxValue;

    private static decimal? Limit(Schema schema, string keyword) => schema[keyword] is JsonNumber number ? ToDecimal(number) : null;

    /// <summary>A number as a decimal; the greatest or least decimal for one that is beyond.</summary>
    public static decimal ToDecimal(JsonNumber number) => TryRead(number, out decimal value) ? value
        : number.Text[0] == '-' ? decimal.MinValue
        : decimal.MaxValue;

    /// <summary>True for a number without a fraction that fits in 64 bits.</summary>
    public static bool IsWhole(JsonNumber number) =>
        TryRead(number, out decimal value) && value == decimal.Truncate(value) && value >= long.MinValue && value <= long.MaxValue;

    /// <summary>True for a number without a fraction that fits in 64 bits with or without a sign.</summary>
    public static bool IsInteger(JsonNumber number) =>
        TryRead(number, out decimal value) && value == decimal.Truncate(value) && value >= long.MinValue && value <= ulong.MaxValue;

    /// <summary>The value of a number for which <see cref="IsWhole"/> is true.</summary>
    public static long ToWhole(JsonNumber number) => TryRead(number, out decimal value) ? (long)value : 0;

    /// <summary>The value of a number that is 0 or more and for which <see cref="IsInteger"/> is true.</summary>
    public static ulong ToUnsigned(JsonNumber number) => TryRead(number, out decimal value) ? (ulong)value : 0;

    /// <summary>True for the same number, written in any form.</summary>
    public static bool AreEqual(JsonNumber first, JsonNumber second) =>
        TryRead(first, out decimal one) && TryRead(second, out decimal other) ? one == other : first.Text == second.Text;

    /// <summary>A whole number that stands for a value; null for another value, which is reported and not checked.</summary>
    public long? ParseConstant(JsonNode node, decimal lowest = long.MinValue, decimal highest = long.MaxValue)
    {
        if (node is JsonNumber number && TryRead(number, out decimal value)
            && value == decimal.Truncate(value) && value >= lowest && value <= highest)
        {
            return (long)value;
        }

        context.Bag.ReportName(
            DiagnosticDescriptors.UncheckedKeyword, node, node.Path, "write a whole number from " + Range(lowest, highest));
        return null;
    }

    /// <summary>Reads a schema of numbers; null when it is faulty (which is reported).</summary>
    public NumberRef? ParseNumber(Schema schema)
    {
        if (context.Expect<JsonString>(schema["format"], "a string") is { } name && !IntegerFormats.ContainsKey(name.Value))
        {
            Formats.ReportMisspelt(context, name, "numbers", NumberFormats);
        }

        double? minimum = Bound(schema["minimum"]);
        double? maximum = Bound(schema["maximum"]);
        if (Bound(schema["exclusiveMinimum"]) is { } above)
        {
            minimum = Math.Max(minimum ?? double.MinValue, Next(above));
        }

        if (Bound(schema["exclusiveMaximum"]) is { } below)
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
            return new NumberRef(NumberRule.None);
        }

        return new NumberRef(new NumberRule(minimum, maximum, new FactorParser(context).OfNumber(schema)));
    }

    /// <summary>A number; null for another value, which is reported and not checked.</summary>
    public double? Double(JsonNode node)
    {
        if (node is JsonNumber number
            && double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && !double.IsInfinity(value)
            && (!IsInteger(number) || IsSame(number, value)))
        {
            return value;
        }

        context.Bag.ReportName(
            DiagnosticDescriptors.UncheckedKeyword, node, node.Path, "write a number that double precision can hold");
        return null;
    }

    /// <summary>False for a whole number that double precision rounds.</summary>
    private static bool IsSame(JsonNumber number, double value) =>
        TryRead(number, out decimal exact)
        && decimal.TryParse(
            value.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal held)
        && held == exact;

    /// <summary>A limit; none when it is beyond every number.</summary>
    private double? Bound(JsonNode? node) =>
        context.Expect<JsonNumber>(node, "a number") is { } number
        && double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && !double.IsInfinity(value)
            ? value
            : null;

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
