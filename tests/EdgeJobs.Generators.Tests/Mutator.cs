namespace EdgeJobs.Generators.Tests;

/// <summary>Damages texts with typical editing mistakes: characters deleted, inserted or replaced, pieces moved or duplicated.</summary>
internal static class Mutator
{
    public static string Mutate(string text, Random random, string letters)
    {
        for (int n = random.Next(4); n >= 0 && text.Length > 0; n--)
        {
            int at = random.Next(text.Length);
            int length = Math.Min(random.Next(1, 8), text.Length - at);
            string letter = letters[random.Next(letters.Length)].ToString();
            text = random.Next(6) switch
            {
                0 => text.Remove(at, 1),
                1 => text.Insert(at, letter),
                2 => text.Remove(at, 1).Insert(at, letter),
                3 => text.Remove(at, length),
                4 => text.Insert(random.Next(text.Length), text.Substring(at, length)),
                _ => text[..at] + text[at..].Replace(text[at].ToString(), letter, StringComparison.Ordinal),
            };
        }

        return text;
    }
}
