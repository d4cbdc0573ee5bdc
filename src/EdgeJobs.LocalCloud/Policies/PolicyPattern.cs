namespace EdgeJobs.LocalCloud.Policies;

/// <summary>
/// A string of a policy with its wildcards and variables: <c>*</c> matches any characters, including slashes, <c>?</c> matches one
/// character, <c>${name}</c> is a variable. MQTT's <c>+</c> and <c>#</c> are ordinary characters. Wildcards in a variable's value have no
/// meaning.
/// </summary>
internal sealed class PolicyPattern
{
    private readonly Part[] _parts;

    private PolicyPattern(string text, Part[] parts)
    {
        Text = text;
        _parts = parts;
    }

    private enum Kind
    {
        Text,
        AnyCharacters,
        AnyCharacter,
        Variable,
    }

    public string Text { get; }

    public IEnumerable<string> Variables => _parts.Where(static part => part.Kind == Kind.Variable).Select(static part => part.Text);

    /// <summary>Parses a pattern.</summary>
    /// <param name="wildcards">False if the asterisk and the question mark are ordinary characters, as in StringEquals.</param>
    public static PolicyPattern Parse(string text, bool wildcards = true)
    {
        List<Part> parts = [];
        int plain = 0, i = 0;
        while (i < text.Length)
        {
            (Kind Kind, string Text, int Length) found = text[i] switch
            {
                '*' when wildcards => (Kind.AnyCharacters, "*", 1),
                '?' when wildcards => (Kind.AnyCharacter, "?", 1),
                '$' => Variable(text, i),
                _ => default,
            };
            if (found.Length == 0)
            {
                i++;
                continue;
            }

            AddText(parts, text[plain..i]);
            parts.Add(new Part(found.Kind, found.Text));
            i += found.Length;
            plain = i;
        }

        AddText(parts, text[plain..]);
        return new PolicyPattern(text, [.. parts]);
    }

    /// <summary>Matches the whole value against the pattern.</summary>
    /// <returns>False if it does not match, and whenever a variable has no value.</returns>
    public bool Matches(string value, IPolicyVariables variables, bool ignoreCase = false)
    {
        List<Part> resolved = new(_parts.Length);
        foreach (Part part in _parts)
        {
            if (part.Kind != Kind.Variable)
            {
                resolved.Add(part);
            }
            else if (Resolve(part.Text, variables) is { } text)
            {
                AddText(resolved, text);
            }
            else
            {
                return false;
            }
        }

        return Matches(
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(resolved), value,
            ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
    }

    /// <summary>The first variable without a value, or null.</summary>
    public string? Unresolved(IPolicyVariables variables) => Variables.FirstOrDefault(name => Resolve(name, variables) is null);

    public override string ToString() => Text;

    private static string? Resolve(string name, IPolicyVariables variables) =>
        PolicyVariable.IsKnown(name) && variables.ValuesOf(name) is [var first, ..] ? first : null;

    // ${name}, and ${*}, ${?} and ${$}, which escape the character. A dollar sign without braces is an ordinary character.
    private static (Kind Kind, string Text, int Length) Variable(string text, int start)
    {
        int end = start + 1 < text.Length && text[start + 1] == '{' ? text.IndexOf('}', start) : -1;
        if (end < 0)
        {
            return default;
        }

        string name = text[(start + 2)..end];
        return (name is "*" or "?" or "$" ? Kind.Text : Kind.Variable, name, end + 1 - start);
    }

    private static void AddText(List<Part> parts, string text)
    {
        if (text.Length > 0)
        {
            parts.Add(new Part(Kind.Text, text));
        }
    }

    // Parts between two asterisks match greedily at the first place that fits: if the rest then fails, it fails for any later place too.
    private static bool Matches(ReadOnlySpan<Part> parts, ReadOnlySpan<char> value, StringComparison comparison)
    {
        int part = 0, at = 0, retryPart = -1, retryAt = 0;
        while (true)
        {
            if (part < parts.Length && parts[part].Kind == Kind.AnyCharacters)
            {
                retryPart = ++part;
                retryAt = at;
                continue;
            }

            if (part == parts.Length && at == value.Length)
            {
                return true;
            }

            int length = part == parts.Length ? -1 : Fits(parts[part], value[at..], comparison);
            if (length >= 0)
            {
                part++;
                at += length;
            }
            else if (retryPart < 0 || ++retryAt > value.Length)
            {
                return false;
            }
            else
            {
                part = retryPart;
                at = retryAt;
            }
        }
    }

    private static int Fits(Part part, ReadOnlySpan<char> value, StringComparison comparison) => part.Kind == Kind.AnyCharacter
        ? value.IsEmpty ? -1 : 1
        : value.StartsWith(part.Text, comparison) ? part.Text.Length : -1;

    private readonly record struct Part(Kind Kind, string Text);
}
