using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeJobs.Generators.Names;

/// <summary>Turns names of the spec into C# names: the one place where casing is decided.</summary>
internal static class CodeName
{
    /// <summary>
    /// The most bytes of UTF-8 that a name may have: metadata holds 1,023, also of names that are made from two, and file systems 255.
    /// </summary>
    public const int MaxBytes = 200;

    private static readonly char[] Spaces = { ' ', '\t', '\r', '\n' };

    private static readonly HashSet<string> Noise = new(StringComparer.OrdinalIgnoreCase)
    {
        "API", "APIs", "AsyncAPI", "MQTT", "definition", "definitions", "document", "spec", "specification",
    };

    private static readonly Dictionary<char, string> Characters = new()
    {
        [' '] = "Space",
        ['!'] = "Exclamation",
        ['"'] = "Quote",
        ['#'] = "Hash",
        ['$'] = "Dollar",
        ['%'] = "Percent",
        ['&'] = "And",
        ['\''] = "Apostrophe",
        ['('] = "Open",
        [')'] = "Close",
        ['*'] = "Star",
        ['+'] = "Plus",
        [','] = "Comma",
        ['-'] = "Minus",
        ['.'] = "Dot",
        ['/'] = "Slash",
        [':'] = "Colon",
        [';'] = "Semicolon",
        ['<'] = "Less",
        ['='] = "Equal",
        ['>'] = "Greater",
        ['?'] = "Question",
        ['@'] = "At",
        ['['] = "OpenBracket",
        ['\\'] = "Backslash",
        [']'] = "CloseBracket",
        ['^'] = "Caret",
        ['_'] = "Underscore",
        ['`'] = "Backtick",
        ['{'] = "OpenBrace",
        ['|'] = "Pipe",
        ['}'] = "CloseBrace",
        ['~'] = "Tilde",
        ['°'] = "Degree",
        ['µ'] = "Micro",
        ['€'] = "Euro",
    };

    /// <summary>
    /// A name in Pascal case: <c>IN_PROGRESS</c>, <c>in-progress</c> and <c>inProgress</c> become <c>InProgress</c>. A word in
    /// capitals only is lowered after its first letter; mixed case is kept. Invisible characters, which C# ignores in names,
    /// are left out. Empty if no character is valid in a C# name.
    /// </summary>
    public static string Pascal(string name)
    {
        name = name.Any(IsInvisible) ? string.Concat(name.Where(c => !IsInvisible(c))) : name;
        StringBuilder result = new(name.Length);
        for (int i = 0; i < name.Length;)
        {
            int start = i;
            while (i < name.Length && IsWordPart(name[i]))
            {
                i++;
            }

            if (i == start)
            {
                i++;
                continue;
            }

            AppendWord(result, name.Substring(start, i - start));
        }

        if (result.Length > 0 && !SyntaxFacts.IsIdentifierStartCharacter(result[0]))
        {
            result.Insert(0, '_');
        }

        return result.ToString();
    }

    /// <summary>
    /// As <see cref="Pascal"/>; a text without letters and digits is spelled, so that <c>+</c> becomes <c>Plus</c>, and a long one is cut.
    /// </summary>
    public static string Of(string name) => Fit(Pascal(name) is { Length: > 0 } pascal ? pascal : Spell(name));

    /// <summary>
    /// As <see cref="Pascal"/>, without the words at the end that say only what kind of document it is, and without its version:
    /// <c>Streetlights MQTT API v1.2</c> becomes <c>Streetlights</c>. The first word stays.
    /// </summary>
    public static string OfTitle(string title)
    {
        List<string> words = title.Split(Spaces, StringSplitOptions.RemoveEmptyEntries).ToList();
        while (words.Count > 1 && IsNoise(words[words.Count - 1].Trim('(', ')', ',', ':', '-')))
        {
            words.RemoveAt(words.Count - 1);
        }

        return Pascal(string.Join(" ", words));
    }

    private static bool IsNoise(string word) =>
        Noise.Contains(word) || word.TrimStart('v', 'V').All(c => c is '.' or (>= '0' and <= '9'));

    /// <summary>The names of the characters of a text, or their numbers; <c>Empty</c> for none.</summary>
    public static string Spell(string text) => text.Length == 0
        ? "Empty"
        : string.Concat(text.Select(c => Characters.TryGetValue(c, out string? name)
            ? name
            : "U" + ((int)c).ToString("X4", CultureInfo.InvariantCulture)));

    /// <summary>
    /// A name cut to a number of bytes of UTF-8. A hash of the whole name at its end keeps apart long names that begin alike.
    /// </summary>
    public static string Fit(string name, int maxBytes = MaxBytes)
    {
        if (Encoding.UTF8.GetByteCount(name) <= maxBytes)
        {
            return name;
        }

        uint hash = 2166136261;
        foreach (char c in name)
        {
            hash = unchecked((hash ^ c) * 16777619);
        }

        string end = "_" + hash.ToString("X8", CultureInfo.InvariantCulture);
        int length = Math.Min(name.Length, maxBytes);
        while (Encoding.UTF8.GetByteCount(name.Substring(0, length) + end) > maxBytes || char.IsHighSurrogate(name[length - 1]))
        {
            length--;
        }

        return name.Substring(0, length) + end;
    }

    /// <summary>As <see cref="Pascal"/>, with a lower-case first letter.</summary>
    public static string Camel(string name)
    {
        string pascal = Pascal(name);
        return pascal.Length == 0 ? pascal : Lower(pascal[0]) + pascal.Substring(1);
    }

    /// <summary>
    /// A name chosen by the author: a valid C# name that is not in camel case, not a keyword, and has a letter or digit. Private
    /// members of generated code begin with <c>_</c>, so that a chosen name has it only before a digit.
    /// </summary>
    public static bool IsChosenName(string name) =>
        SyntaxFacts.IsValidIdentifier(name)
        && !char.IsLower(name[0])
        && (name[0] != '_' || (name.Length > 1 && !SyntaxFacts.IsIdentifierStartCharacter(name[1])))
        && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None
        && name.Any(char.IsLetterOrDigit)
        && !name.Any(IsInvisible);

    /// <summary>The lower case of a letter, if it maps back to that letter: the Kelvin sign, for example, stays as it is.</summary>
    public static char Lower(char capital)
    {
        char small = char.ToLowerInvariant(capital);
        return char.ToUpperInvariant(small) == capital ? small : capital;
    }

    /// <summary>A C# namespace from what MSBuild calls one: invalid characters become <c>_</c>.</summary>
    public static string Namespace(string name)
    {
        StringBuilder result = new(name.Length);
        foreach (string part in name.Split('.'))
        {
            if (part.Length == 0)
            {
                continue;
            }

            if (result.Length > 0)
            {
                result.Append('.');
            }

            int start = result.Length;
            foreach (char c in part)
            {
                result.Append(SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_');
            }

            if (!SyntaxFacts.IsIdentifierStartCharacter(result[start]))
            {
                result.Insert(start, '_');
            }
            else if (SyntaxFacts.GetKeywordKind(part) != SyntaxKind.None)
            {
                result.Insert(start, '@');
            }
        }

        return result.ToString();
    }

    /// <summary>A character of the Unicode category Cf: two names that differ in such characters only are one to C#.</summary>
    private static bool IsInvisible(char c) => c > 127 && CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private static bool IsWordPart(char c) =>
        c != '_' && (char.IsLetterOrDigit(c) || (c > 127 && SyntaxFacts.IsIdentifierPartCharacter(c)));

    private static void AppendWord(StringBuilder result, string word)
    {
        if (result.Length > 0 && char.IsDigit(word[0]) && char.IsDigit(result[result.Length - 1]))
        {
            result.Append('_');
        }

        bool hasLower = false;
        foreach (char c in word)
        {
            hasLower |= char.IsLower(c);
        }

        result.Append(char.ToUpperInvariant(word[0])).Append(hasLower ? word.Substring(1) : word.Substring(1).ToLowerInvariant());
    }
}
