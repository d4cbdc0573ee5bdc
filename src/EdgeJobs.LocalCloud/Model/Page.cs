namespace EdgeJobs.LocalCloud.Model;

internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextToken);

internal static class Page
{
    /// <summary>Returns one page. If the list changes between two pages, the unchanged items are neither repeated nor skipped.</summary>
    /// <param name="all">The list in the order of its keys.</param>
    /// <param name="keyOf">An item's key; keys are compared ordinally.</param>
    /// <param name="maxResults">The page size.</param>
    /// <param name="nextToken">The token from the previous page, or null for the first page.</param>
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

    /// <summary>A key that sorts the newest first.</summary>
    public static string NewestFirst(long sequence) =>
        (long.MaxValue - sequence).ToString("D19", System.Globalization.CultureInfo.InvariantCulture);
}
