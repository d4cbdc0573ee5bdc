using System;
using System.Collections.Generic;
using System.Globalization;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Parse.Json;

namespace EdgeJobs.Generators.Parse.Schemas;

/// <summary>Reads schemas of whole numbers and of numbers.</summary>
internal sealed class NumberParser(SpecContext context)
{
    private static readonly Dictionary<string, IntegerFormat> IntegerFormats = new(StringComparer.Ordinal)
    {
        ["int32"] = IntegerFormat.Int32,
        ["int64"] = IntegerFormat.Int64,
        ["epoch-seconds"] = IntegerFormat.EpochSeconds,
    };

    private static readonly HashSet<string> NumberFormats = new(StringComparer.Ordinal) { "double", "float" };

    /// <summary>Reads a schema of whole numbers; null when it is faulty (which is reported).</summary>
    public IntegerRef? ParseInteger(Schema schema)
    {
        IntegerFormat format = IntegerFormat.Int64;
        if (context.Expect<JsonString>(schema["format"], "a string") is { } name && !IntegerFormats.TryGetValue(name.Value, out format))
        {
            Formats.ReportUnknown(context, name, "whole numbers", IntegerFormats.Keys);
        }

        decimal lowest = format == IntegerFormat.Int32 ? int.MinValue : long.MinValue;
        decimal highest = format == IntegerFormat.Int32 ? int.MaxValue : long.MaxValue;
        if (schema["const"] is { } constant)
        {
            return ParseConstant(constant, lowest, highest) is { } only
                ? new IntegerRef(format, new IntegerRule(only, only, EquatableArray<long>.Empty))
                : null;
        }

        decimal? minimum = Bound(schema["minimum"]) is { } min ? decimal.Ceiling(min) : null;
        decimal? maximum = Bound(schema["maximum"]) is { } max ? decimal.Floor(max) : null;
        if (Bound(schema["exclusiveMinimum"]) is { } above)
        {
            minimum = Math.Max(minimum ?? decimal.MinValue, decimal.Floor(above) + 1);
        }

        if (Bound(schema["exclusiveMaximum"]) is { } below)
        {
            maximum = Math.Min(maximum ?? decimal.MaxValue, decimal.Ceiling(below) - 1);
        }

        decimal effectiveMinimum = Math.Max(minimum ?? lowest, lowest);
        decimal effectiveMaximum = Math.Min(maximum ?? highest, highest);
        if (effectiveMinimum > effectiveMaximum)
        {
            ReportEmpty(schema, effectiveMinimum.ToString(CultureInfo.InvariantCulture), effectiveMaximum.ToString(CultureInfo.InvariantCulture));
            return null;
        }

        // A limit that the C# type has anyway is no limit.
        long? least = effectiveMinimum > lowest ? (long)effectiveMinimum : null;
        long? greatest = effectiveMaximum < highest ? (long)effectiveMaximum : null;
        return new IntegerRef(format, new IntegerRule(least, greatest, EquatableArray<long>.Empty));
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

        string range = lowest.ToString(CultureInfo.InvariantCulture) + " to " + highest.ToString(CultureInfo.InvariantCulture);
        context.Bag.ReportValue(DiagnosticDescriptors.InvalidValue, node, node.Path, number.Text, "write a whole number from " + range);
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

        if (schema["const"] is { } constant)
        {
            minimum = maximum = Double(constant);
        }

        if (minimum > maximum)
        {
            ReportEmpty(schema, minimum.Value.ToString("R", CultureInfo.InvariantCulture), maximum.Value.ToString("R", CultureInfo.InvariantCulture));
            return null;
        }

        return new NumberRef(new NumberRule(minimum, maximum));
    }

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

    private decimal? Bound(JsonNode? node)
    {
        if (context.Expect<JsonNumber>(node, "a number") is not { } number)
        {
            return null;
        }

        if (TryRead(number, out decimal value) && Math.Abs(value) <= 1e20m)
        {
            return value;
        }

        ReportRange(number);
        return null;
    }

    private double? Double(JsonNode? node)
    {
        if (context.Expect<JsonNumber>(node, "a number") is not { } number)
        {
            return null;
        }

        if (double.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) < double.MaxValue)
        {
            return value;
        }

        ReportRange(number);
        return null;
    }

    private void ReportRange(JsonNumber number) => context.Bag.ReportValue(
        DiagnosticDescriptors.InvalidValue, number, number.Path, number.Text, "it is beyond every number of this kind; remove it, or write a smaller one");

    private static bool TryRead(JsonNumber number, out decimal value) =>
        decimal.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
