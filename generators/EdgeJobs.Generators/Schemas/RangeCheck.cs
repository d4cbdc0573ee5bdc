using System.Globalization;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reports limits that no value can satisfy.</summary>
internal static class RangeCheck
{
    /// <summary>Checks limits of lengths and counts. Limits that allow nothing are dropped.</summary>
    /// <param name="context">The shared state.</param>
    /// <param name="place">The faulty limit.</param>
    /// <param name="minimum">0 for no limit.</param>
    /// <param name="maximum">-1 for no limit.</param>
    /// <param name="what">The name of the minimum.</param>
    public static void Counts(SpecContext context, JsonNode? place, ref int minimum, ref int maximum, string what)
    {
        if (place is not null && maximum >= 0 && minimum > maximum)
        {
            string least = minimum.ToString(CultureInfo.InvariantCulture) + (minimum == int.MaxValue ? " or more" : "");
            Report(context, place, least, maximum.ToString(CultureInfo.InvariantCulture), what);
            (minimum, maximum) = (0, -1);
        }
    }

    /// <summary>Reports a range without values.</summary>
    public static void Report(SpecContext context, JsonNode place, string minimum, string maximum, string what) =>
        context.Bag.ReportValue(
            DiagnosticDescriptors.EmptyRange, place, place.Parent?.Path ?? place.Path, what + " " + minimum, "the greatest, " + maximum);
}
