namespace EdgeJobs.Protocol;

/// <summary>Checks of numbers and lists that specs define; generated code calls them.</summary>
public static class ValueRules
{
    /// <summary>True if a number is a whole multiple of another one, within the precision of a double.</summary>
    /// <param name="value">The number.</param>
    /// <param name="divisor">A positive number, such as 0.1.</param>
    public static bool IsMultipleOf(double value, double divisor)
    {
        double quotient = value / divisor;
        double distance = Math.Abs(quotient - Math.Round(quotient));
        return distance <= Math.Abs(quotient) * 1e-14;
    }

    /// <summary>True if no two elements are equal.</summary>
    /// <typeparam name="T">The element.</typeparam>
    /// <param name="items">The elements.</param>
    public static bool AreUnique<T>(ValueList<T> items)
    {
        HashSet<T> seen = new(items.Count);
        foreach (T item in items)
        {
            if (!seen.Add(item))
            {
                return false;
            }
        }

        return true;
    }
}
