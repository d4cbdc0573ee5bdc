using System;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <content>Strings, numbers and words.</content>
internal sealed partial class JsonScanner
{
    private TextSpan ReadWord(string word)
    {
        int start = _position;
        int end = start;
        while (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] == '_'))
        {
            end++;
        }

        if (string.CompareOrdinal(_text, start, word, 0, word.Length) != 0 || end - start != word.Length)
        {
            throw Fault("'" + _text.Substring(start, Math.Min(end - start, 40)) + "' is no JSON value; quote it if it is a string");
        }

        _position = end;
        return TextSpan.FromBounds(start, end);
    }

    private JsonNumber ReadNumber()
    {
        int start = _position;
        Take('-');
        int digits = _position;
        TakeDigits();
        if (_text[digits] == '0' && _position > digits + 1)
        {
            _position = digits;
            throw Fault("a number may not begin with 0; remove it");
        }

        if (Take('.'))
        {
            TakeDigits();
        }

        if (Take('e') || Take('E'))
        {
            _ = Take('+') || Take('-');
            TakeDigits();
        }

        return new JsonNumber(TextSpan.FromBounds(start, _position), _text.Substring(start, _position - start));
    }

    private bool Take(char c)
    {
        bool found = _position < _text.Length && _text[_position] == c;
        _position += found ? 1 : 0;
        return found;
    }

    private void TakeDigits()
    {
        int start = _position;
        while (_position < _text.Length && _text[_position] is >= '0' and <= '9')
        {
            _position++;
        }

        if (_position == start)
        {
            throw Fault("a digit is missing in the number");
        }
    }

    /// <summary>Reads the name of a member; one that was read before is the same object.</summary>
    private string ReadName()
    {
        int start = _position + 1;
        int end = start;
        uint hash = 0;
        while (end < _text.Length && _text[end] is >= ' ' and <= '~' and not ('"' or '\\'))
        {
            hash = unchecked((hash * 31) + _text[end++]);
        }

        if (end == _text.Length || _text[end] != '"')
        {
            return ReadString();
        }

        ref string? known = ref _names[hash % _names.Length];
        if (known is null || known.Length != end - start || string.CompareOrdinal(_text, start, known, 0, known.Length) != 0)
        {
            known = _text.Substring(start, end - start);
        }

        _position = end + 1;
        return known;
    }

    private string ReadString()
    {
        int start = ++_position;
        StringBuilder? unescaped = null;
        for (; _position < _text.Length; _position++)
        {
            char c = _text[_position];
            switch (c)
            {
                case '"':
                    _position++;
                    return unescaped?.ToString() ?? _text.Substring(start, _position - 1 - start);
                case '\\':
                    unescaped ??= new StringBuilder().Append(_text, start, _position - start);
                    ReadEscape(unescaped);
                    break;
                case < ' ':
                    throw Fault(c is '\n' or '\r' ? "the string is not closed on its line; add \", or write \\n" : "write " + Escape(c)
                        + " in a string");
                case >= '\ud800' and <= '\udfff':
                    ReadPair(unescaped);
                    break;
                default:
                    unescaped?.Append(c);
                    break;
            }
        }

        throw Fault("the file ends here; the string is not closed");
    }

    private void ReadPair(StringBuilder? unescaped)
    {
        if (_position + 1 == _text.Length || !char.IsSurrogatePair(_text[_position], _text[_position + 1]))
        {
            throw Fault("this is half a character (a lone surrogate)");
        }

        unescaped?.Append(_text, _position, 2);
        _position++;
    }

    /// <summary>Reads an escape. Afterwards the position is its last character.</summary>
    private void ReadEscape(StringBuilder unescaped)
    {
        int start = _position++;
        char kind = _position < _text.Length ? _text[_position] : '\0';
        int simple = "\"\\/bfnrt".IndexOf(kind);
        if (simple >= 0)
        {
            unescaped.Append("\"\\/\b\f\n\r\t"[simple]);
            return;
        }

        if (kind != 'u')
        {
            _position = start;
            throw Fault("JSON has no such escape; write \\\\ for a backslash");
        }

        char c = ReadHex(start);
        if (char.IsHighSurrogate(c) && _position + 2 < _text.Length && _text[_position + 1] == '\\' && _text[_position + 2] == 'u')
        {
            _position += 2;
            char low = ReadHex(start);
            if (char.IsLowSurrogate(low))
            {
                unescaped.Append(c).Append(low);
                return;
            }
        }

        if (char.IsSurrogate(c))
        {
            _position = start;
            throw Fault("this escape is half a character (a lone surrogate)");
        }

        unescaped.Append(c);
    }

    /// <summary>Reads four hexadecimal digits after the current character. Afterwards the position is the last digit.</summary>
    private char ReadHex(int start)
    {
        int value = 0;
        for (int i = 0; i < 4; i++)
        {
            _position++;
            char c = _position < _text.Length ? _text[_position] : '\0';
            int digit = "0123456789abcdef".IndexOf(char.ToLowerInvariant(c));
            if (digit < 0)
            {
                _position = start;
                throw Fault("four hexadecimal digits must follow \\u");
            }

            value = (value << 4) | digit;
        }

        return (char)value;
    }
}
