using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>Computes the topics of replies that follow from the topic of the request.</summary>
internal static class ReplyTopics
{
    /// <summary>The topic of a reply: its address with the parameters of the request's topic.</summary>
    /// <param name="requestAddress">The request's address, with parameters in braces.</param>
    /// <param name="requestTopic">The request's topic.</param>
    /// <param name="replyAddress">The reply's address, which has only parameters of the request's address.</param>
    /// <exception cref="ArgumentException">The topic does not match the address.</exception>
    public static string Of(string requestAddress, string requestTopic, string replyAddress)
    {
        string[] pattern = requestAddress.Split('/');
        string[] levels = requestTopic.Split('/');
        string reply = replyAddress;
        bool isMatch = pattern.Length == levels.Length;
        for (int i = 0; i < pattern.Length && isMatch; i++)
        {
            isMatch = TryTake(pattern[i], levels[i], ref reply);
        }

        return isMatch ? reply : throw new ArgumentException($"{requestTopic} is not a topic of {requestAddress}", nameof(requestTopic));
    }

    /// <summary>Puts the parameters of one level into the reply's topic.</summary>
    private static bool TryTake(string pattern, ReadOnlySpan<char> level, ref string reply)
    {
        int open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open < 0)
        {
            return level.SequenceEqual(pattern);
        }

        if (!level.StartsWith(pattern.AsSpan(0, open)))
        {
            return false;
        }

        level = level[open..];
        while (true)
        {
            int close = pattern.IndexOf('}', open);
            int next = pattern.IndexOf('{', close);
            ReadOnlySpan<char> literal = pattern.AsSpan(close + 1, (next < 0 ? pattern.Length : next) - close - 1);
            ReadOnlySpan<char> value;
            if (next < 0 ? !TopicLevels.TryTrim(level, "", literal, out value) : !TopicLevels.TryCut(level, literal, out value, out level))
            {
                return false;
            }

            reply = reply.Replace(pattern[open..(close + 1)], value.ToString(), StringComparison.Ordinal);
            if (next < 0)
            {
                return true;
            }

            open = next;
        }
    }
}
