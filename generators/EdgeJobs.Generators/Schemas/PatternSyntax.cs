using System;
using System.Collections.Generic;
using System.Globalization;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads a regular expression of ECMA-262, without back references and without looking around.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="graph">What it becomes.</param>
internal sealed class PatternSyntax(string pattern, PatternGraph graph)
{
    private const int MaxDepth = 100;

    private int _at;
    private int _depth;

    /// <summary>A part of the graph with one way in and one way out.</summary>
    internal readonly record struct Part(PatternGraph.Node First, PatternGraph.Node Last);

    /// <summary>Reads the whole pattern.</summary>
    /// <exception cref="PatternFault">It has something that can't be checked.</exception>
    public Part Parse()
    {
        Part part = ParseChoice();
        return _at == pattern.Length ? part : throw new PatternFault("because of an unmatched ')'");
    }

    private Part ParseChoice()
    {
        if (++_depth > MaxDepth)
        {
            throw new PatternFault("because its groups are nested too deeply");
        }

        Part part = ParseSequence();
        if (Is('|'))
        {
            Part choice = new(graph.Add(), graph.Add());
            Link(choice.First, part.First);
            Link(part.Last, choice.Last);
            while (TryTake('|'))
            {
                Part other = ParseSequence();
                Link(choice.First, other.First);
                Link(other.Last, choice.Last);
            }

            part = choice;
        }

        _depth--;
        return part;
    }

    private Part ParseSequence()
    {
        PatternGraph.Node first = graph.Add();
        PatternGraph.Node last = first;
        while (_at < pattern.Length && !Is('|') && !Is(')'))
        {
            Part part = ParseTerm();
            Link(last, part.First);
            last = part.Last;
        }

        return new Part(first, last);
    }

    private Part ParseTerm()
    {
        if (TryTake('^'))
        {
            return Single(null, PatternGraph.Guard.Start);
        }

        if (TryTake('$'))
        {
            return Single(null, PatternGraph.Guard.End);
        }

        int start = _at;
        Part part = ParseAtom();
        if (!TryTakeCount(out int minimum, out int maximum))
        {
            return part;
        }

        TryTake('?');
        if (_at < pattern.Length && pattern[_at] is '*' or '+' or '?')
        {
            throw new PatternFault("because of '" + pattern[_at] + "' after a repetition");
        }

        int after = _at;
        return Repeat(part, minimum, maximum, () =>
        {
            // Each repetition is a copy, made by reading the atom again.
            _at = start;
            Part copy = ParseAtom();
            _at = after;
            return copy;
        });
    }

    private Part Repeat(Part part, int minimum, int maximum, Func<Part> copy)
    {
        PatternGraph.Node first = graph.Add();
        PatternGraph.Node last = graph.Add();
        PatternGraph.Node at = first;
        int copies = maximum < 0 ? Math.Max(minimum, 1) : maximum;
        for (int i = 0; i < copies; i++)
        {
            Part one = i == 0 ? part : copy();
            if (i >= minimum)
            {
                Link(at, last);
            }

            Link(at, one.First);
            if (maximum < 0 && i == copies - 1)
            {
                Link(one.Last, one.First);
            }

            at = one.Last;
        }

        Link(at, last);
        return new Part(first, last);
    }

    private Part ParseAtom()
    {
        char c = pattern[_at++];
        switch (c)
        {
            case '(':
                return ParseGroup();
            case '[':
                return Single(ParseClass());
            case '.':
                return Single(CharacterRanges.Dot);
            case '\\':
                return Single(ParseEscape(isInClass: false));
            case '*' or '+' or '?':
                throw new PatternFault("because of a '" + c + "' that repeats nothing");
            default:
                _at--;
                int code = TakeCode();
                return Single(CharacterRanges.Of((code, code)));
        }
    }

    private Part ParseGroup()
    {
        if (TryTake('?'))
        {
            if (TryTake('<') && _at < pattern.Length && pattern[_at] is not ('=' or '!'))
            {
                int close = pattern.IndexOf('>', _at);
                _at = close < 0 ? throw new PatternFault("because of a group without a name") : close + 1;
            }
            else if (!TryTake(':'))
            {
                throw new PatternFault("because it looks around with '(?'");
            }
        }

        Part part = ParseChoice();
        return TryTake(')') ? part : throw new PatternFault("because a group is not closed");
    }

    /// <summary>Reads a class after its opening bracket.</summary>
    private CharacterRanges ParseClass()
    {
        bool isNegated = TryTake('^');
        List<CharacterRanges> sets = new();
        while (!TryTake(']'))
        {
            CharacterRanges first = ParseClassAtom();
            if (Is('-') && _at + 1 < pattern.Length && pattern[_at + 1] != ']')
            {
                _at++;
                CharacterRanges last = ParseClassAtom();
                if (IsSingle(first, out int from) && IsSingle(last, out int to))
                {
                    if (from > to)
                    {
                        throw new PatternFault("because a range in a class is reversed");
                    }

                    sets.Add(CharacterRanges.Of((from, to)));
                    continue;
                }

                sets.Add(CharacterRanges.Of(('-', '-')));
                sets.Add(last);
            }

            sets.Add(first);
        }

        CharacterRanges set = CharacterRanges.Union(sets);
        return isNegated ? set.Complement() : set;
    }

    private CharacterRanges ParseClassAtom()
    {
        if (_at == pattern.Length)
        {
            throw new PatternFault("because a class is not closed");
        }

        if (TryTake('\\'))
        {
            return ParseEscape(isInClass: true);
        }

        int code = TakeCode();
        return CharacterRanges.Of((code, code));
    }

    private CharacterRanges ParseEscape(bool isInClass)
    {
        if (_at == pattern.Length)
        {
            throw new PatternFault("because it ends with \\");
        }

        char kind = pattern[_at++];
        switch (kind)
        {
            case 'd':
                return CharacterRanges.Digit;
            case 'D':
                return CharacterRanges.Digit.Complement();
            case 'w':
                return CharacterRanges.Word;
            case 'W':
                return CharacterRanges.Word.Complement();
            case 's':
                return CharacterRanges.Space;
            case 'S':
                return CharacterRanges.Space.Complement();
            case 'x' or 'u':
                return One(TakeHex(kind));
            case 'c' when _at < pattern.Length && char.ToUpperInvariant(pattern[_at]) is >= 'A' and <= 'Z':
                return One(char.ToUpperInvariant(pattern[_at++]) - 'A' + 1);
            case '0' when _at == pattern.Length || !char.IsDigit(pattern[_at]):
                return One(0);
            case 'b' when isInClass:
                return One('\b');
        }

        int code = kind switch { 't' => '\t', 'n' => '\n', 'v' => '\v', 'f' => '\f', 'r' => '\r', _ => kind };
        if (code == kind && char.IsLetterOrDigit(kind))
        {
            throw new PatternFault("because of \\" + kind);
        }

        if (char.IsHighSurrogate(kind) && _at < pattern.Length && char.IsLowSurrogate(pattern[_at]))
        {
            code = char.ConvertToUtf32(kind, pattern[_at++]);
        }

        return One(code);

        static CharacterRanges One(int code) => CharacterRanges.Of((code, code));
    }

    private int TakeHex(char kind)
    {
        int start = _at;
        int length = kind == 'x' ? 2 : 4;
        if (kind == 'u' && TryTake('{'))
        {
            int close = pattern.IndexOf('}', _at);
            start = _at;
            length = close - _at;
            _at = close + 1;
        }
        else
        {
            _at += length;
        }

        return length is > 0 and < 8 && start + length <= pattern.Length
            && int.TryParse(pattern.Substring(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            && code <= 0x10FFFF
                ? code
                : throw new PatternFault("because of \\" + kind + " without hexadecimal digits");
    }

    private bool TryTakeCount(out int minimum, out int maximum)
    {
        (minimum, maximum) = (0, -1);
        if (TryTake('*'))
        {
            return true;
        }

        if (TryTake('+'))
        {
            minimum = 1;
            return true;
        }

        if (TryTake('?'))
        {
            maximum = 1;
            return true;
        }

        int close = Is('{') ? pattern.IndexOf('}', _at) : -1;
        if (close < 0)
        {
            return false;
        }

        // Braces that are no count are literal.
        string[] limits = pattern.Substring(_at + 1, close - _at - 1).Split(',');
        if (limits.Length > 2 || !TryRead(limits[0], out minimum))
        {
            return false;
        }

        maximum = limits.Length == 1 ? minimum : -1;
        if (limits.Length == 2 && limits[1].Length > 0 && !TryRead(limits[1], out maximum))
        {
            return false;
        }

        _at = close + 1;
        return maximum < 0 || minimum <= maximum ? true : throw new PatternFault("because the limits of a repetition are reversed");

        static bool TryRead(string text, out int limit) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit);
    }

    private int TakeCode()
    {
        char c = pattern[_at++];
        return char.IsHighSurrogate(c) && _at < pattern.Length && char.IsLowSurrogate(pattern[_at])
            ? char.ConvertToUtf32(c, pattern[_at++])
            : c;
    }

    private Part Single(CharacterRanges? characters, PatternGraph.Guard guard = PatternGraph.Guard.None)
    {
        PatternGraph.Node first = graph.Add(characters, guard);
        PatternGraph.Node last = graph.Add();
        Link(first, last);
        return new Part(first, last);
    }

    private static bool IsSingle(CharacterRanges set, out int code)
    {
        code = set.Items.Count == 1 ? set.Items[0].First : 0;
        return set.Items.Count == 1 && set.Items[0].First == set.Items[0].Last;
    }

    private static void Link(PatternGraph.Node from, PatternGraph.Node to) => from.Next.Add(to);

    private bool Is(char c) => _at < pattern.Length && pattern[_at] == c;

    private bool TryTake(char c)
    {
        bool found = Is(c);
        _at += found ? 1 : 0;
        return found;
    }
}
