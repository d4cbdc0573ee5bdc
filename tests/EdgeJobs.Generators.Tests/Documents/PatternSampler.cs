using System.Globalization;
using System.Text;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Makes texts that match a pattern of classes, groups, alternatives and counts.</summary>
internal sealed class PatternSampler(string pattern, Random random)
{
    private const string Any = "aZ09 _-.é";
    private int _at;

    public static string Sample(string pattern, Random random) => new PatternSampler(pattern, random).Alternatives();

    private string Alternatives()
    {
        List<string> found = [Sequence()];
        while (_at < pattern.Length && pattern[_at] == '|')
        {
            _at++;
            found.Add(Sequence());
        }

        return found[random.Next(found.Count)];
    }

    private string Sequence()
    {
        StringBuilder text = new();
        while (_at < pattern.Length && pattern[_at] is not ('|' or ')'))
        {
            int start = _at;
            text.Append(Atom());
            (int least, int most) = Count();
            int end = _at;

            // The atom is sampled again for each repetition, from its own text.
            int count = random.Next(least, most + 1);
            if (count == 0)
            {
                text.Length -= _last;
            }

            for (int i = 1; i < count; i++)
            {
                _at = start;
                text.Append(Atom());
            }

            _at = end;
        }

        return text.ToString();
    }

    private int _last;

    private string Atom()
    {
        string atom = AtomText();
        _last = atom.Length;
        return atom;
    }

    private string AtomText()
    {
        char c = pattern[_at++];
        switch (c)
        {
            case '^' or '$':
                return "";
            case '.':
                return Any[random.Next(Any.Length)].ToString();
            case '\\':
                return Pick(Escape(pattern[_at++]));
            case '[':
                return Pick(Class());
            case '(':
                if (pattern.AsSpan(_at).StartsWith("?:"))
                {
                    _at += 2;
                }

                string inner = Alternatives();
                _at++;
                return inner;
            default:
                return c.ToString();
        }
    }

    private string Class()
    {
        bool isNegated = pattern[_at] == '^';
        _at += isNegated ? 1 : 0;
        StringBuilder members = new();
        while (pattern[_at] != ']')
        {
            char from = pattern[_at++];
            if (from == '\\')
            {
                members.Append(Escape(pattern[_at++]));
            }
            else if (pattern[_at] == '-' && pattern[_at + 1] != ']')
            {
                for (char member = from; member <= pattern[_at + 1]; member++)
                {
                    members.Append(member);
                }

                _at += 2;
            }
            else
            {
                members.Append(from);
            }
        }

        _at++;
        return isNegated ? new string([.. Any.Where(a => !members.ToString().Contains(a))]) : members.ToString();
    }

    private static string Escape(char c) => c switch
    {
        'd' => "0123456789",
        'w' => "azAZ09_",
        's' => " \t",
        'D' => "a -",
        'S' => "a0-",
        'W' => " -.",
        't' => "\t",
        'n' => "\n",
        _ => c.ToString(),
    };

    private (int Least, int Most) Count()
    {
        if (_at >= pattern.Length)
        {
            return (1, 1);
        }

        (int, int)? found = pattern[_at] switch { '?' => (0, 1), '*' => (0, 3), '+' => (1, 4), _ => null };
        if (found is { } simple)
        {
            _at++;
            return simple;
        }

        int end = pattern[_at] == '{' ? pattern.IndexOf('}', _at) : -1;
        if (end < 0)
        {
            return (1, 1);
        }

        string[] parts = pattern[(_at + 1)..end].Split(',');
        _at = end + 1;
        int least = int.Parse(parts[0], CultureInfo.InvariantCulture);
        int most = parts.Length == 1 ? least
            : parts[1].Length == 0 ? least + 3
            : Math.Min(int.Parse(parts[1], CultureInfo.InvariantCulture), least + 6);
        return (least, most);
    }

    private string Pick(string members) => members[random.Next(members.Length)].ToString();
}
