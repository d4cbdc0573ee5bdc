namespace EdgeJobs.Protocol;

/// <summary>Checks strings against patterns; generated code calls it with what it made of a pattern at build time.</summary>
public static class TextPattern
{
    /// <summary>True if a text matches a pattern. Takes time in proportion to the length of the text, and allocates nothing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="classes">The number of classes of characters.</param>
    /// <param name="ranges">The first code point of each range, ascending, with its class after it.</param>
    /// <param name="states">
    /// For each state whether the text may end there, and the next state for each class. The first state is 1; 0 is no match.
    /// </param>
    public static bool IsMatch(ReadOnlySpan<char> text, int classes, ReadOnlySpan<int> ranges, ReadOnlySpan<ushort> states)
    {
        int width = classes + 1;
        int state = 1;
        for (int i = 0; i < text.Length; i++)
        {
            int code = text[i];
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                code = char.ConvertToUtf32(text[i], text[++i]);
            }

            int range = ranges.Length - 2;
            while (ranges[range] > code)
            {
                range -= 2;
            }

            state = states[((state - 1) * width) + 1 + ranges[range + 1]];
            if (state == 0)
            {
                return false;
            }
        }

        return states[(state - 1) * width] != 0;
    }
}
