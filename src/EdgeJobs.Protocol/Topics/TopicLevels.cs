namespace EdgeJobs.Protocol;

/// <summary>Splits a topic into levels; generated matchers call it.</summary>
public static class TopicLevels
{
    /// <summary>Splits off the first level of a topic.</summary>
    /// <param name="topic">The topic, or the rest of it.</param>
    /// <param name="level">The text before the first slash, or all of it.</param>
    /// <param name="rest">The text after the slash.</param>
    /// <returns>True if there is a slash, so that another level follows.</returns>
    public static bool TrySplit(ReadOnlySpan<char> topic, out ReadOnlySpan<char> level, out ReadOnlySpan<char> rest)
    {
        int slash = topic.IndexOf('/');
        if (slash < 0)
        {
            level = topic;
            rest = default;
            return false;
        }

        level = topic[..slash];
        rest = topic[(slash + 1)..];
        return true;
    }

    /// <summary>True if the text is a valid level of a topic name: not empty, no <c>/ + #</c> and no NUL (MQTT 5.0, section 4.7).</summary>
    public static bool IsLevel(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAny("/+#\0") < 0;

    /// <summary>Cuts a level at the first occurrence of literal text.</summary>
    /// <param name="level">The level, or a part of it.</param>
    /// <param name="separator">The literal text.</param>
    /// <param name="before">The text before it.</param>
    /// <param name="after">The text after it.</param>
    /// <returns>False if the level does not have it, or has nothing before or after it.</returns>
    public static bool TryCut(
        ReadOnlySpan<char> level, ReadOnlySpan<char> separator, out ReadOnlySpan<char> before, out ReadOnlySpan<char> after)
    {
        int index = level.Length == 0 ? -1 : level[1..].IndexOf(separator) + 1;
        bool found = index > 0 && index + separator.Length < level.Length;
        before = found ? level[..index] : default;
        after = found ? level[(index + separator.Length)..] : default;
        return found;
    }

    /// <summary>Removes literal text from both ends of a level.</summary>
    /// <returns>False if the level does not have it, or has nothing in between.</returns>
    public static bool TryTrim(ReadOnlySpan<char> level, ReadOnlySpan<char> prefix, ReadOnlySpan<char> suffix, out ReadOnlySpan<char> value)
    {
        value = default;
        if (level.Length <= prefix.Length + suffix.Length || !level.StartsWith(prefix) || !level.EndsWith(suffix))
        {
            return false;
        }

        value = level[prefix.Length..^suffix.Length];
        return true;
    }
}
