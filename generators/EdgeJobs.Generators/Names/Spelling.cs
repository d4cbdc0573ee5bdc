using System;
using System.Collections.Generic;

namespace EdgeJobs.Generators.Names;

/// <summary>Suggests the name that was probably meant.</summary>
internal static class Spelling
{
    /// <summary>Names longer than this are not compared: the work grows with the product of the lengths.</summary>
    private const int MaxLength = 100;

    /// <summary>The candidate that differs from the name in the fewest letters, or null if none is close.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length > MaxLength)
        {
            return null;
        }

        string? nearest = null;
        int least = Math.Max(1, (name.Length + 1) / 3) + 1;
        foreach (string candidate in candidates)
        {
            if (candidate.Length <= MaxLength && Math.Abs(candidate.Length - name.Length) < least)
            {
                int distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
                if (distance < Math.Min(least, Math.Max(name.Length, candidate.Length)))
                {
                    least = distance;
                    nearest = candidate;
                }
            }
        }

        return nearest;
    }

    /// <summary>A question with the nearest candidate, or another text if none is close.</summary>
    public static string DidYouMean(string name, IEnumerable<string> candidates, string otherwise) =>
        Nearest(name, candidates) is { } nearest ? "did you mean '" + nearest + "'?" : otherwise;

    /// <summary>The number of letters to insert, delete, replace or swap with a neighbour.</summary>
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    cost[i, j] = i + j;
                    continue;
                }

                int replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cost[i, j] = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
                }
            }
        }

        return cost[a.Length, b.Length];
    }
}
