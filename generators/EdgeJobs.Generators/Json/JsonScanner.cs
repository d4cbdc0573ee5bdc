using System;
using System.Collections.Generic;
using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <summary>
/// Reads JSON (RFC 8259) into nodes with their places. It works on the compiler's own text, so that each place is exact
/// without a conversion to UTF-8, and its messages say how to fix the fault. It needs no library except the compiler.
/// </summary>
internal sealed partial class JsonScanner
{
    /// <summary>The maximum nesting depth of objects and arrays.</summary>
    public const int MaxDepth = 256;

    private readonly string _text;
    private readonly Action<JsonNode, TextSpan> _onDuplicate;

    /// <summary>Names of members that were read: a few occur very often.</summary>
    private readonly string?[] _names = new string?[256];
    private int _position;
    private int _depth;

    private JsonScanner(string text, Action<JsonNode, TextSpan> onDuplicate)
    {
        _text = text;
        _onDuplicate = onDuplicate;
    }

    /// <summary>Reads a document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="onDuplicate">Called with the first member of a name and the place of the second name.</param>
    /// <param name="fault">What is wrong when the result is null.</param>
    public static JsonNode? Parse(string text, Action<JsonNode, TextSpan> onDuplicate, out DocumentFault? fault)
    {
        JsonScanner scanner = new(text, onDuplicate);
        try
        {
            JsonNode root = scanner.ReadValue();
            scanner.SkipSpace();
            if (scanner._position < text.Length)
            {
                throw scanner.Fault(text[scanner._position] is '}' or ']'
                    ? "'" + text[scanner._position] + "' closes nothing; remove it, or add what it should close"
                    : "the document ends before this; remove what follows it");
            }

            fault = null;
            return root;
        }
        catch (JsonFaultException e)
        {
            fault = e.Fault;
            return null;
        }
    }

    private JsonNode ReadValue()
    {
        SkipSpace();
        if (_position == _text.Length)
        {
            throw Fault(_depth == 0 ? "the file is empty; it needs one JSON object" : "the file ends here; a value is missing");
        }

        switch (_text[_position])
        {
            case '{':
                return ReadObject();
            case '[':
                return ReadArray();
            case '"':
                int start = _position;
                string value = ReadString();
                return new JsonString(TextSpan.FromBounds(start, _position), value);
            case '-' or (>= '0' and <= '9'):
                return ReadNumber();
            case 't':
                return new JsonBool(ReadWord("true"), true);
            case 'f':
                return new JsonBool(ReadWord("false"), false);
            case 'n':
                return new JsonNull(ReadWord("null"));
            case '\'':
                throw Fault("JSON strings use double quotes; write \" in place of '");
            case '}' or ']' or ',' or ':':
                throw Fault("a value is missing before '" + _text[_position] + "'");
            default:
                throw Fault(Shown() + " starts no JSON value; quote it if it is a string");
        }
    }

    private JsonObject ReadObject()
    {
        int start = _position;
        Enter();
        JsonMembers members = new();
        for (bool first = true; !TryClose('}', first); first = false)
        {
            if (_text[_position] != '"')
            {
                throw Fault("a member name in double quotes is expected here");
            }

            int nameStart = _position;
            string name = ReadName();
            TextSpan nameSpan = TextSpan.FromBounds(nameStart, _position);
            SkipSpace();
            if (_position == _text.Length || _text[_position] != ':')
            {
                throw Fault("':' must follow the name \"" + name + "\"");
            }

            _position++;
            JsonNode value = ReadValue();
            value.Key = name;
            value.KeySpan = nameSpan;
            if (members.Find(name) is { } earlier)
            {
                _onDuplicate(earlier, nameSpan);
                continue;
            }

            members.Add(value);
        }

        _depth--;
        JsonObject result = new(TextSpan.FromBounds(start, _position), members);
        foreach (JsonNode member in members.List)
        {
            member.Parent = result;
        }

        return result;
    }

    private JsonArray ReadArray()
    {
        int start = _position;
        Enter();
        List<JsonNode> items = new();
        for (bool first = true; !TryClose(']', first); first = false)
        {
            JsonNode item = ReadValue();
            item.Key = items.Count.ToString(CultureInfo.InvariantCulture);
            items.Add(item);
        }

        _depth--;
        JsonArray result = new(TextSpan.FromBounds(start, _position), items);
        foreach (JsonNode item in items)
        {
            item.Parent = result;
        }

        return result;
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Fault("objects and arrays are nested deeper than " + MaxDepth.ToString(CultureInfo.InvariantCulture) + " levels");
        }

        _position++;
    }

    /// <summary>Takes the closing bracket, or the comma before the next value.</summary>
    private bool TryClose(char bracket, bool first)
    {
        SkipSpace();
        if (_position < _text.Length && _text[_position] == bracket)
        {
            _position++;
            return true;
        }

        if (!first)
        {
            if (_position == _text.Length || _text[_position] != ',')
            {
                throw Fault((_position == _text.Length ? "the file ends here; " : "") + "',' or '" + bracket + "' is missing");
            }

            int comma = _position++;
            SkipSpace();
            if (_position < _text.Length && _text[_position] == bracket)
            {
                _position = comma;
                throw Fault("a comma before '" + bracket + "' is not allowed; remove it");
            }
        }

        if (_position == _text.Length)
        {
            throw Fault("the file ends here; '" + bracket + "' is missing");
        }

        return false;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is ' ' or '\t' or '\n' or '\r')
        {
            _position++;
        }

        if (_position + 1 < _text.Length && _text[_position] == '/' && _text[_position + 1] is '/' or '*')
        {
            throw Fault("JSON has no comments; remove it, or make it a description");
        }
    }

    private string Shown() => _text[_position] is < ' ' or > '~' ? Escape(_text[_position]) : "'" + _text[_position] + "'";

    private static string Escape(char c) => "\\u" + ((int)c).ToString("X4", CultureInfo.InvariantCulture);

    private JsonFaultException Fault(string what) =>
        new(new DocumentFault(what, new TextSpan(_position, _position < _text.Length ? 1 : 0)));

    /// <summary>Ends the recursion at the first fault; never leaves this class.</summary>
    private sealed class JsonFaultException(DocumentFault fault) : Exception(fault.What)
    {
        public DocumentFault Fault { get; } = fault;
    }
}
