namespace EdgeJobs.Runtime.Text;

/// <summary>Methods that <see cref="IReadOnlyList{T}"/> lacks. LINQ has them, but adds 124 KB to the binary.</summary>
internal static class ReadOnlyLists
{
    public static bool Contains<T>(this IReadOnlyList<T> list, T value)
        where T : IEquatable<T>
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i].Equals(value))
            {
                return true;
            }
        }

        return false;
    }

    public static bool Exists<T>(this IReadOnlyList<T> list, Predicate<T> match)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (match(list[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The elements from an index on.</summary>
    public static string[] From(this IReadOnlyList<string> list, int start)
    {
        string[] rest = new string[list.Count - start];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = list[start + i];
        }

        return rest;
    }

    /// <summary>Joins the texts of the elements.</summary>
    public static string Join<T>(this IEnumerable<T> list, Func<T, string> text, string separator = ", ")
    {
        List<string> texts = [];
        foreach (T item in list)
        {
            texts.Add(text(item));
        }

        return string.Join(separator, texts);
    }
}
