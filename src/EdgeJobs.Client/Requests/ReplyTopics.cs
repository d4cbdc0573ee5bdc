using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>Computes the reply topics of requests whose replies carry no token.</summary>
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
        if (pattern.Length != levels.Length)
        {
            throw Foreign(requestAddress, requestTopic);
        }

        string reply = replyAddress;
        for (int i = 0; i < pattern.Length; i++)
        {
            int open = pattern[i].IndexOf('{', StringComparison.Ordinal);
            if (open < 0)
            {
                if (pattern[i] != levels[i])
                {
                    throw Foreign(requestAddress, requestTopic);
                }

                continue;
            }

            int close = pattern[i].IndexOf('}', StringComparison.Ordinal);
            if (!TopicLevels.TryTrim(levels[i], pattern[i].AsSpan(0, open), pattern[i].AsSpan(close + 1), out ReadOnlySpan<char> value))
            {
                throw Foreign(requestAddress, requestTopic);
            }

            reply = reply.Replace(pattern[i][open..(close + 1)], value.ToString(), StringComparison.Ordinal);
        }

        return reply;
    }

    private static ArgumentException Foreign(string address, string topic) => new($"{topic} is not a topic of {address}", nameof(topic));
}
