using EdgeJobs.Generators.Collections;

namespace EdgeJobs.Generators.Model;

/// <summary>A pattern as a deterministic finite automaton over code points, in the form that <c>TextPattern.IsMatch</c> takes.</summary>
/// <param name="Pattern">As written in the document, for messages and documentation.</param>
/// <param name="Classes">The number of classes of characters.</param>
/// <param name="Ranges">The first code point of each range, ascending, with its class after it.</param>
/// <param name="States">
/// For each state whether the text may end there, and the next state for each class. The first state is 1; 0 is no match.
/// </param>
internal sealed record Automaton(string Pattern, int Classes, EquatableArray<int> Ranges, EquatableArray<int> States)
{
    /// <summary>True if a text matches the pattern.</summary>
    public bool IsMatch(string text)
    {
        int state = 1;
        for (int i = 0; i < text.Length && state > 0; i++)
        {
            int code = text[i];
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                code = char.ConvertToUtf32(text[i], text[++i]);
            }

            int range = Ranges.Count - 2;
            while (Ranges[range] > code)
            {
                range -= 2;
            }

            state = States[((state - 1) * (Classes + 1)) + 1 + Ranges[range + 1]];
        }

        return state > 0 && States[(state - 1) * (Classes + 1)] > 0;
    }
}
