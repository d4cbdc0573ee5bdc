using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Microsoft.CodeAnalysis.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EdgeJobs.Generators.Json;

/// <summary>
/// Reads YAML 1.2 into the same nodes as JSON, with their places. Only this class and <see cref="YamlFault"/> use YamlDotNet, so that
/// a project without YAML does not load it.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>The most values that aliases may repeat: a few lines of aliases of aliases would fill the memory.</summary>
    private const int MaxRepeated = 100_000;

    /// <summary>The most brackets that may be open at a place, quotes and comments not regarded.</summary>
    private const int MaxBrackets = 1000;

    private const string TagPrefix = "tag:yaml.org,2002:";

    private readonly string _text;
    private readonly Action<JsonNode, TextSpan> _onDuplicate;
    private readonly Parser _parser;

    /// <summary>The value of each anchor; null until its value ends.</summary>
    private readonly Dictionary<string, JsonNode?> _anchors = new(StringComparer.Ordinal);

    private int _depth;
    private int _repeated;

    /// <summary>The end of the last value.</summary>
    private int _end;

    private YamlReader(string text, Action<JsonNode, TextSpan> onDuplicate)
    {
        _text = text;
        _onDuplicate = onDuplicate;

        // A byte order mark would become a part of the first key; an empty line in its place keeps all places.
        _parser = new Parser(new StringReader(text.Length > 0 && text[0] == '\ufeff' ? '\n' + text.Substring(1) : text));
    }

    /// <summary>Reads a document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="onDuplicate">Called with the first member of a name and the place of the second name.</param>
    /// <param name="fault">What is wrong when the result is null.</param>
    public static JsonNode? Parse(string text, Action<JsonNode, TextSpan> onDuplicate, out DocumentFault? fault)
    {
        YamlReader reader = new(text, onDuplicate);
        try
        {
            fault = null;
            reader.CheckBrackets();
            return reader.ReadDocument();
        }
        catch (YamlFaultException e)
        {
            fault = e.Fault;
        }
        catch (YamlException e)
        {
            fault = YamlFault.Of(e, text, reader._end);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            // The library's own checks of what it did not expect.
            fault = YamlFault.Unknown(text, reader._end);
        }

        return null;
    }

    private JsonNode ReadDocument()
    {
        Next();
        if (Next() is not DocumentStart)
        {
            throw Fault("the file is empty; it needs one mapping", new TextSpan(_text.Length, 0));
        }

        JsonNode root = ReadValue(Next());
        Next();
        ParsingEvent end = Next();
        if (end is DocumentStart)
        {
            throw Fault("a second document begins here; move it to a file of its own", At(end));
        }

        return root;
    }

    private ParsingEvent Next() => _parser.MoveNext() && _parser.Current is { } next
        ? next
        : throw Fault("the file ends here; a value is missing", new TextSpan(_text.Length, 0));

    /// <summary>
    /// Rejects a text with so many open brackets that the library, which looks ahead for the end of each, would take minutes.
    /// </summary>
    private void CheckBrackets()
    {
        int open = 0;
        for (int i = 0; i < _text.Length; i++)
        {
            open += _text[i] is '[' or '{' ? 1 : _text[i] is ']' or '}' && open > 0 ? -1 : 0;
            if (open > MaxBrackets)
            {
                throw TooDeep(new TextSpan(i, 1));
            }
        }
    }

    private JsonNode ReadValue(ParsingEvent start) => start switch
    {
        Scalar scalar => Remember(scalar, ReadScalar(scalar)),
        MappingStart mapping => ReadCollection(mapping, () => ReadMapping(mapping)),
        SequenceStart sequence => ReadCollection(sequence, () => ReadSequence(sequence)),
        AnchorAlias alias => ReadAlias(alias),
        _ => throw Fault("a value is missing", At(start)),
    };

    private JsonNode ReadCollection(NodeEvent start, Func<JsonNode> read)
    {
        if (++_depth > JsonScanner.MaxDepth)
        {
            throw TooDeep(At(start));
        }

        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = null;
        }

        JsonNode value = read();
        _depth--;
        return Remember(start, value);
    }

    private JsonObject ReadMapping(MappingStart start)
    {
        int from = SkipProperties(start);
        JsonMembers members = new();
        List<JsonNode> merged = new();
        ParsingEvent key = Next();
        for (; key is not MappingEnd; key = Next())
        {
            (string name, TextSpan place) = ReadKey(key);
            bool isMerge = key is Scalar { Style: ScalarStyle.Plain, Value: "<<" };
            JsonNode value = ReadValue(Next());
            value.Key = name;
            value.KeySpan = place;
            if (isMerge)
            {
                merged.Add(value);
            }
            else if (members.Find(name) is { } earlier)
            {
                _onDuplicate(earlier, place);
            }
            else
            {
                members.Add(value);
            }
        }

        TextSpan span = Close(from, key, start.Style == MappingStyle.Flow);
        foreach (JsonNode value in merged)
        {
            Merge(value, members);
        }

        JsonObject result = new(span, members);
        foreach (JsonNode member in members.List)
        {
            member.Parent = result;
        }

        return result;
    }

    private JsonArray ReadSequence(SequenceStart start)
    {
        int from = SkipProperties(start);
        List<JsonNode> items = new();
        ParsingEvent item = Next();
        for (; item is not SequenceEnd; item = Next())
        {
            JsonNode value = ReadValue(item);
            value.Key = items.Count.ToString(CultureInfo.InvariantCulture);
            items.Add(value);
        }

        JsonArray result = new(Close(from, item, start.Style == SequenceStyle.Flow), items);
        foreach (JsonNode value in items)
        {
            value.Parent = result;
        }

        return result;
    }

    private (string Name, TextSpan Place) ReadKey(ParsingEvent key)
    {
        switch (key)
        {
            case Scalar scalar:
                TextSpan place = Place(scalar);
                CheckPairs(scalar.Value, place);
                Remember(scalar, new JsonString(place, scalar.Value, scalar.Style == ScalarStyle.Plain));
                return (scalar.Value, place);
            case AnchorAlias alias when ReadAlias(alias) is JsonString { Value: var name }:
                return (name, At(alias));
            default:
                throw Fault("a name must be one text", At(key));
        }
    }

    private JsonNode ReadScalar(Scalar scalar)
    {
        TextSpan place = Place(scalar);
        string value = scalar.Value;
        CheckPairs(value, place);
        string tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        bool isResolved = tag.Length == 0
            ? scalar.Style == ScalarStyle.Plain
            : tag is TagPrefix + "int" or TagPrefix + "float" or TagPrefix + "bool" or TagPrefix + "null";
        return isResolved && YamlScalar.Resolve(value, place) is { } resolved
            ? resolved
            : new JsonString(place, value, scalar.Style == ScalarStyle.Plain);
    }

    /// <summary>A copy of the value of an anchor: each value has one parent.</summary>
    private JsonNode ReadAlias(AnchorAlias alias)
    {
        TextSpan place = At(alias);
        _end = place.End;
        string name = alias.Value.Value;
        if (!_anchors.TryGetValue(name, out JsonNode? value))
        {
            throw Fault("the anchor '&" + name + "' is not set before this", place);
        }

        return value is null
            ? throw Fault("'*" + name + "' is inside the value that it repeats", place)
            : Copy(value, place, _depth);
    }

    private JsonNode Copy(JsonNode value, TextSpan span, int depth)
    {
        if (++_repeated > MaxRepeated)
        {
            throw Fault("aliases repeat more than " + MaxRepeated.ToString(CultureInfo.InvariantCulture) + " values", span);
        }

        if (depth >= JsonScanner.MaxDepth && value is JsonObject or JsonArray)
        {
            throw TooDeep(span);
        }

        switch (value)
        {
            case JsonObject o:
                List<JsonNode> members = CopyAll(o.Members, depth);
                JsonObject mapping = new(span, new JsonMembers(members));
                foreach (JsonNode member in members)
                {
                    member.Parent = mapping;
                }

                return mapping;
            case JsonArray a:
                List<JsonNode> items = CopyAll(a.Items, depth);
                JsonArray list = new(span, items);
                foreach (JsonNode item in items)
                {
                    item.Parent = list;
                }

                return list;
            case JsonString s:
                return new JsonString(span, s.Value);
            case JsonNumber n:
                return new JsonNumber(span, n.Text, n.Written);
            case JsonBool b:
                return new JsonBool(span, b.Value);
            default:
                return new JsonNull(span);
        }
    }

    private List<JsonNode> CopyAll(IReadOnlyList<JsonNode> values, int depth)
    {
        List<JsonNode> copies = new(values.Count);
        foreach (JsonNode value in values)
        {
            JsonNode copy = Copy(value, value.Span.Span, depth + 1);
            copy.Key = value.Key;
            copy.KeySpan = value.KeySpan;
            copies.Add(copy);
        }

        return copies;
    }

    /// <summary>Adds the members that <c>&lt;&lt;</c> gives and that the mapping does not have.</summary>
    private static void Merge(JsonNode value, JsonMembers members)
    {
        switch (value)
        {
            case JsonObject mapping:
                foreach (JsonNode member in mapping.Members)
                {
                    if (members.Find(member.Key) is null)
                    {
                        members.Add(member);
                    }
                }

                break;
            case JsonArray list when value.Parent is null:
                foreach (JsonNode item in list.Items)
                {
                    Merge(item, members);
                }

                break;
            default:
                throw Fault("'<<' takes mappings only; write an alias of one", value.Span.Span);
        }
    }

    private JsonNode Remember(NodeEvent start, JsonNode value)
    {
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = value;
        }

        return value;
    }

    private static TextSpan At(ParsingEvent e) => TextSpan.FromBounds((int)e.Start.Index, (int)Math.Max(e.Start.Index, e.End.Index));

    /// <summary>The place of a scalar without its anchor and tag, and without the empty lines after a block.</summary>
    private TextSpan Place(Scalar scalar)
    {
        int start = SkipProperties(scalar);
        int end = Math.Max(start, Math.Min((int)scalar.End.Index, _text.Length));
        while (scalar.Style is ScalarStyle.Literal or ScalarStyle.Folded && end > start && char.IsWhiteSpace(_text[end - 1]))
        {
            end--;
        }

        _end = end;
        return TextSpan.FromBounds(start, end);
    }

    /// <summary>Where a value begins after its anchor and tag.</summary>
    private int SkipProperties(NodeEvent start)
    {
        int at = Math.Min((int)start.Start.Index, _text.Length);
        if (start.Anchor.IsEmpty && start.Tag.IsEmpty)
        {
            return at;
        }

        int limit = start is Scalar ? Math.Min((int)start.End.Index, _text.Length) : _text.Length;
        while (at < limit && _text[at] is '&' or '!' or '#' or ' ' or '\t' or '\r' or '\n')
        {
            char first = _text[at];
            bool isSpace = char.IsWhiteSpace(first);
            at++;
            while (!isSpace && at < limit && (first == '#' ? _text[at] is not ('\r' or '\n') : !char.IsWhiteSpace(_text[at])))
            {
                at++;
            }
        }

        return at;
    }

    /// <summary>The place of a collection, which ends with its bracket or its last value.</summary>
    private TextSpan Close(int start, ParsingEvent end, bool isFlow)
    {
        if (isFlow)
        {
            _end = Math.Min((int)end.Start.Index + 1, _text.Length);
        }

        return TextSpan.FromBounds(start, Math.Max(start, _end));
    }

    private static void CheckPairs(string value, TextSpan place)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i]))
            {
                continue;
            }

            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
            {
                throw Fault("this has half a character (a lone surrogate)", place);
            }

            i++;
        }
    }

    private static YamlFaultException TooDeep(TextSpan place) => Fault(
        "mappings and lists are nested deeper than " + JsonScanner.MaxDepth.ToString(CultureInfo.InvariantCulture) + " levels", place);

    private static YamlFaultException Fault(string what, TextSpan place) => new(new DocumentFault(what, place));

    /// <summary>Ends the recursion at the first fault; never leaves this class.</summary>
    private sealed class YamlFaultException(DocumentFault fault) : Exception(fault.What)
    {
        public DocumentFault Fault { get; } = fault;
    }
}
