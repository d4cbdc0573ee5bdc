namespace EdgeJobs.Runtime.Text;

/// <summary>What lists have and <see cref="IReadOnlyList{T}"/> has not. LINQ has all of it, and took 124 KB of the binary.</summary>
internal static class ReadOnlyLists
{
    /// <summary>Whether a value is among them; a text letter for letter.</summary>
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

    /// <summary>Whether one of them is as asked for.</summary>
    public static bool Exists<T>(this IReadOnlyList<T> list, Predicate<T> isIt)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (isIt(list[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Those from a place on.</summary>
    public static string[] From(this IReadOnlyList<string> list, int start)
    {
        string[] rest = new string[list.Count - start];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = list[start + i];
        }

        return rest;
    }

    /// <summary>The text of each, with something between.</summary>
    public static string Join<T>(this IEnumerable<T> list, Func<T, string> text, string between = ", ")
    {
        List<string> texts = [];
        foreach (T item in list)
        {
            texts.Add(text(item));
        }

        return string.Join(between, texts);
    }
}
