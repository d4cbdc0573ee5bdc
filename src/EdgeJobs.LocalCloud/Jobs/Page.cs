namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>A part of a list.</summary>
/// <param name="Items">The items.</param>
/// <param name="NextToken">What fetches the next part; null at the end.</param>
/// <typeparam name="T">An item.</typeparam>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

/// <summary>Cuts lists into parts.</summary>
internal static class Page
{
    /// <summary>Cuts one part. A list that changes between two parts neither repeats nor skips what stayed.</summary>
    /// <param name="all">The list in the order of its keys.</param>
    /// <param name="keyOf">An item's key; keys are compared ordinally.</param>
    /// <param name="maxResults">How many items at most.</param>
    /// <param name="nextToken">What the previous part gave, or null for the first.</param>
    public static Page<T> Of<T>(IEnumerable<T> all, Func<T, string> keyOf, int maxResults, string? nextToken)
    {
        List<T> items = [];
        foreach (T item in all)
        {
            if (nextToken is not null && string.CompareOrdinal(keyOf(item), nextToken) <= 0)
            {
                continue;
            }

            if (items.Count == maxResults)
            {
                return new Page<T>(items, keyOf(items[^1]));
            }

            items.Add(item);
        }

        return new Page<T>(items, null);
    }

    /// <summary>A key that puts the youngest first.</summary>
    public static string YoungestFirst(long sequence) => (long.MaxValue - sequence).ToString("D19", System.Globalization.CultureInfo.InvariantCulture);
}
