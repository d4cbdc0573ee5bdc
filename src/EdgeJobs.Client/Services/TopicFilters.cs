namespace EdgeJobs.Client.Services;

/// <summary>Compares topic filters.</summary>
internal static class TopicFilters
{
    /// <summary>Whether every topic of one filter is also one of another. A topic is a filter of one topic.</summary>
    /// <param name="wide">The filter that may cover the other.</param>
    /// <param name="narrow">The other filter, or a topic.</param>
    public static bool Covers(ReadOnlySpan<char> wide, ReadOnlySpan<char> narrow)
    {
        // A wildcard in the first level does not match topics of the server such as $SYS.
        if (narrow.StartsWith('$') && (wide.StartsWith('+') || wide.StartsWith('#')))
        {
            return false;
        }

        while (wide is not "#")
        {
            ReadOnlySpan<char> wideLevel = Cut(ref wide, out bool wideHasMore);
            ReadOnlySpan<char> level = Cut(ref narrow, out bool hasMore);
            if (!wideLevel.SequenceEqual(level) && (wideLevel is not "+" || level is "#"))
            {
                return false;
            }

            if (!wideHasMore || !hasMore)
            {
                // "a/#" also matches "a".
                return wideHasMore == hasMore || (wideHasMore && wide is "#");
            }
        }

        return true;
    }

    private static ReadOnlySpan<char> Cut(ref ReadOnlySpan<char> rest, out bool hasMore)
    {
        int slash = rest.IndexOf('/');
        hasMore = slash >= 0;
        ReadOnlySpan<char> level = hasMore ? rest[..slash] : rest;
        rest = hasMore ? rest[(slash + 1)..] : default;
        return level;
    }
}
