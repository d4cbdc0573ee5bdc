namespace EdgeJobs.Protocol;

/// <summary>Walks a topic level by level; generated matchers call it.</summary>
public static class TopicLevels
{
    /// <summary>Takes the first level off a topic.</summary>
    /// <param name="topic">The topic, or what is left of it.</param>
    /// <param name="level">What stands before the first slash, or all of it.</param>
    /// <param name="rest">What stands behind the slash.</param>
    /// <returns>True when there is a slash, so that another level follows.</returns>
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

    /// <summary>True when the text can be one level of a topic name: not empty, no <c>/ + #</c> and no NUL (MQTT 5.0, section 4.7).</summary>
    public static bool IsLevel(ReadOnlySpan<char> text) => !text.IsEmpty && text.IndexOfAny("/+#\0") < 0;

    /// <summary>Cuts literal text off both ends of a level.</summary>
    /// <returns>False when the level does not have them, or nothing between them.</returns>
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
