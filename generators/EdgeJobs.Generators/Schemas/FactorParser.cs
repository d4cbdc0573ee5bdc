using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads <c>multipleOf</c>. A factor that can't be checked is reported, and allows every number.</summary>
internal sealed class FactorParser(SpecContext context)
{
    /// <summary>
    /// The number whose multiples are the whole ones among those of the factor: 5 for 2.5. 0 if these are all whole numbers, as for 0.5.
    /// </summary>
    public long OfWhole(Schema schema)
    {
        if (Factor(schema) is not { } number)
        {
            return 0;
        }

        // The factor as a fraction of two whole numbers: the result is its numerator, once it is reduced.
        decimal numerator = NumberParser.ToDecimal(number);
        decimal denominator = 1;
        for (; numerator != decimal.Truncate(numerator); numerator *= 10)
        {
            denominator *= 10;
        }

        decimal common = numerator;
        for (decimal rest = denominator; rest != 0;)
        {
            (common, rest) = (rest, common % rest);
        }

        numerator /= common;
        if (numerator > long.MaxValue)
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, number, number.Path,
                "write a number of which a whole number of 64 bits is a multiple");
            return 0;
        }

        return numerator > 1 ? (long)numerator : 0;
    }

    /// <summary>The factor, or 0 for none.</summary>
    public double OfNumber(Schema schema) => Factor(schema) is { } number ? new NumberParser(context).Double(number) ?? 0 : 0;

    private JsonNumber? Factor(Schema schema) =>
        context.Expect<JsonNumber>(schema["multipleOf"], "a number") is { } number && NumberParser.ToDecimal(number) > 0 ? number : null;
}
