using System;
using System.Collections.Generic;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <summary>A value of a JSON document with its position in the text.</summary>
internal abstract class JsonNode(TextSpan span)
{
    private SpecDocument? _document;

    /// <summary>The whole value.</summary>
    public Place Span => At(span);

    /// <summary>The file that holds the value.</summary>
    public SpecDocument Document
    {
        get
        {
            JsonNode root = this;
            while (root.Parent is { } parent)
            {
                root = parent;
            }

            return root._document!;
        }
        set => _document = value;
    }

    /// <summary>The object or array around it; null for the root.</summary>
    public JsonNode? Parent { get; set; }

    /// <summary>The member's name in <see cref="Parent"/>, or the index as text; empty for the root.</summary>
    public string Key { get; set; } = "";

    /// <summary>The member's name in the text, or null for the root and for elements of arrays.</summary>
    public TextSpan? KeySpan { get; set; }

    /// <summary>The kind of the value, with its article.</summary>
    public abstract string Kind { get; }

    /// <summary>The place of a fault of the value: the value, or the bracket that opens it.</summary>
    public virtual Place ValueSpan => Span;

    /// <summary>The place of a fault of the member: its name, or the value if it has no name.</summary>
    public Place NameSpan => KeySpan is { } key ? At(key) : ValueSpan;

    /// <summary>
    /// The place as a JSON pointer in the form that <c>$ref</c> uses: <c>#/channels/describe/address</c>, and in a file that the
    /// spec refers to <c>common.yaml#/Error</c>.
    /// </summary>
    public string Path
    {
        get
        {
            List<string> keys = new();
            for (JsonNode node = this; node.Parent is not null; node = node.Parent)
            {
                keys.Add(node.Key);
            }

            StringBuilder path = new StringBuilder(Document?.Name).Append('#');
            for (int i = keys.Count - 1; i >= 0; i--)
            {
                path.Append('/').Append(keys[i].Replace("~", "~0").Replace("/", "~1"));
            }

            return path.ToString();
        }
    }

    /// <summary>The value for a diagnostic: as JSON text, and a number as it is written.</summary>
    public virtual string Written => ToJson();

    /// <summary>The value as JSON text without white space.</summary>
    public string ToJson()
    {
        StringBuilder text = new();
        Write(text);
        return text.ToString();
    }

    /// <summary>Appends the value as JSON text without white space.</summary>
    public abstract void Write(StringBuilder text);

    /// <summary>A place in the file of the value.</summary>
    protected Place At(TextSpan place) => new(Document, place);
}

/// <summary>A JSON object. It holds the first of several members with the same name.</summary>
internal sealed class JsonObject(TextSpan span, JsonMembers members) : JsonNode(span)
{
    public override string Kind => "an object";

    public override Place ValueSpan => At(new TextSpan(Span.Start, Math.Min(Span.Length, 1)));

    /// <summary>The values in the order of the document; each has its name in <see cref="JsonNode.Key"/>.</summary>
    public IReadOnlyList<JsonNode> Members => members.List;

    /// <summary>The value of a member, or null.</summary>
    public JsonNode? this[string name] => members.Find(name);

    public override void Write(StringBuilder text)
    {
        text.Append('{');
        for (int i = 0; i < Members.Count; i++)
        {
            JsonString.Quote(i == 0 ? text : text.Append(','), Members[i].Key);
            Members[i].Write(text.Append(':'));
        }

        text.Append('}');
    }
}

internal sealed class JsonArray(TextSpan span, List<JsonNode> items) : JsonNode(span)
{
    public override string Kind => "an array";

    public override Place ValueSpan => At(new TextSpan(Span.Start, Math.Min(Span.Length, 1)));

    public IReadOnlyList<JsonNode> Items => items;

    public override void Write(StringBuilder text)
    {
        text.Append('[');
        for (int i = 0; i < items.Count; i++)
        {
            items[i].Write(i == 0 ? text : text.Append(','));
        }

        text.Append(']');
    }
}

/// <summary>A string.</summary>
/// <param name="span">Its place.</param>
/// <param name="value">The text without quotes and escapes.</param>
/// <param name="isPlain">It is written without quotes, as YAML allows.</param>
internal sealed class JsonString(TextSpan span, string value, bool isPlain = false) : JsonNode(span)
{
    public override string Kind => "a string";

    /// <summary>The text without quotes and escapes.</summary>
    public string Value { get; } = value;

    /// <summary>The place of a part of the value; the whole string if it is written with escapes or on several lines.</summary>
    public Place Part(int start, int length)
    {
        int quote = (Span.Length - Value.Length) / 2;
        return Span.Length == Value.Length + (isPlain ? 0 : 2) ? At(new TextSpan(Span.Start + quote + start, length)) : Span;
    }

    public override void Write(StringBuilder text) => Quote(text, Value);

    /// <summary>Appends a text in quotes, with the escapes that it needs.</summary>
    public static void Quote(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append("\\u00").Append((c >> 4).ToString("X1", null)).Append((c & 15).ToString("X1", null)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}

/// <summary>A number.</summary>
/// <param name="span">Its place.</param>
/// <param name="text">The number as JSON has it.</param>
/// <param name="written">The number as YAML has it.</param>
internal sealed class JsonNumber(TextSpan span, string text, string? written = null) : JsonNode(span)
{
    public override string Kind => "the number " + Written;

    public override string Written => written ?? Text;

    /// <summary>The number as JSON has it.</summary>
    public string Text { get; } = text;

    public override void Write(StringBuilder text) => text.Append(Text);
}

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed class JsonBool(TextSpan span, bool value) : JsonNode(span)
{
    public override string Kind => Value ? "true" : "false";

    public bool Value { get; } = value;

    public override void Write(StringBuilder text) => text.Append(Kind);
}

/// <summary><c>null</c>.</summary>
internal sealed class JsonNull(TextSpan span) : JsonNode(span)
{
    public override string Kind => "null";

    public override void Write(StringBuilder text) => text.Append(Kind);
}
