using System;
using System.Collections.Generic;
using System.Globalization;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Context;

/// <summary>The state that all parsers share: the document, the diagnostics, and the reading of members.</summary>
internal sealed class SpecContext
{
    /// <param name="root">The content of the spec.</param>
    /// <param name="files">The spec and what it may refer to.</param>
    /// <param name="bag">Gets the diagnostics.</param>
    public SpecContext(JsonObject root, SpecFiles files, DiagnosticBag bag)
    {
        Root = root;
        Bag = bag;
        References = new ReferenceResolver(files, bag);
    }

    public JsonObject Root { get; }

    public DiagnosticBag Bag { get; }

    public ReferenceResolver References { get; }

    /// <summary>The name of the service, the prefix of the classes that are emitted once; empty when it is faulty.</summary>
    public string Name { get; set; } = "";

    /// <summary>A member that must be a string, or null when it is absent or something else (which is reported).</summary>
    public JsonString? String(JsonObject owner, string name) => Expect<JsonString>(owner[name], "a string");

    /// <summary>As <see cref="String"/>; absence is reported with the fix.</summary>
    public JsonString? RequiredString(JsonObject owner, string name, string fix) =>
        Require(owner, name, fix) is { } value ? Expect<JsonString>(value, "a string") : null;

    /// <summary>A member that must be <c>true</c> or <c>false</c>; false when absent.</summary>
    public bool Flag(JsonNode? value) => Expect<JsonBool>(value, "true or false") is { Value: true };

    /// <summary>A length or a count, or null. No value has more than <see cref="int.MaxValue"/> parts.</summary>
    public int? Count(JsonNode? value) => Whole(value, 0, decimal.MaxValue) is { } count ? (int)Math.Min(count, int.MaxValue) : null;

    /// <summary>A value that must be a whole number in a range, or null.</summary>
    public decimal? Whole(JsonNode? value, decimal minimum, decimal maximum)
    {
        if (Expect<JsonNumber>(value, "a whole number") is not { } number)
        {
            return null;
        }

        // Beyond decimals, only the size of a number counts.
        bool isExact = decimal.TryParse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal count);
        count = isExact || number.Text[0] == '-' ? count : decimal.MaxValue;
        if (count == decimal.Truncate(count) && count >= minimum && count <= maximum && (isExact || number.Text[0] != '-'))
        {
            return count;
        }

        Bag.ReportValue(
            DiagnosticDescriptors.InvalidValue,
            number,
            number.Path,
            number.Written,
            "write a whole number from " + minimum.ToString(CultureInfo.InvariantCulture)
                + (maximum == decimal.MaxValue ? "" : " to " + maximum.ToString(CultureInfo.InvariantCulture)));
        return null;
    }

    /// <summary>A value of one kind. Another kind is reported, absence is not.</summary>
    public T? Expect<T>(JsonNode? value, string kind)
        where T : JsonNode
    {
        if (value is null or T)
        {
            return (T?)value;
        }

        bool needsQuotes = typeof(T) == typeof(JsonString) && value is JsonNumber or JsonBool && value.Document.IsYaml;
        Bag.ReportValue(
            DiagnosticDescriptors.WrongKind, value, value.Path, kind, value.Kind + (needsQuotes ? ", which needs quotes in YAML" : ""));
        return null;
    }

    /// <summary>A member; absence is reported with the fix.</summary>
    public JsonNode? Require(JsonObject owner, string name, string fix)
    {
        JsonNode? value = owner[name];
        if (value is null)
        {
            Bag.ReportName(DiagnosticDescriptors.MissingMember, owner, owner.Path, name, fix);
        }

        return value;
    }

    /// <summary>An object, or what a reference to it leads to; null when it is absent or faulty (which is reported).</summary>
    public JsonObject? Object(JsonNode? value) => value is null || References.Follow(value) is not { } target
        ? null
        : Expect<JsonObject>(target, "an object");

    /// <summary>Parses each member of an object, which is an object or a reference to one. Faulty members are left out.</summary>
    public List<T> Objects<T>(JsonObject owner, Func<JsonNode, JsonObject, T?> parse)
        where T : class
    {
        List<T> result = new();
        foreach (JsonNode entry in owner.Members)
        {
            if (Object(entry) is { } value && parse(entry, value) is { } model)
            {
                result.Add(model);
            }
        }

        return result;
    }

    /// <summary>Reports members that the specification does not define, mostly misspelled ones.</summary>
    public void CheckMembers(JsonObject owner, string what, ICollection<string> known)
    {
        foreach (JsonNode member in owner.Members)
        {
            if (!known.Contains(member.Key) && !member.Key.StartsWith("x-", StringComparison.Ordinal))
            {
                string fix = Spelling.DidYouMean(member.Key, known, "remove it, or begin its name with 'x-'");
                Bag.ReportName(DiagnosticDescriptors.UnknownMember, member, member.Path, what, fix);
            }
        }
    }

    /// <summary>The name that <c>x-name</c> chooses, or the one made from the key.</summary>
    public string NameOf(JsonNode node)
    {
        if ((node as JsonObject)?["x-name"] is not { } chosen)
        {
            return CodeName.Of(node.Key);
        }

        return ChosenName(chosen) ?? CodeName.Of(node.Key);
    }

    /// <summary>A C# name chosen by the author, or null if it is not valid (which is reported).</summary>
    public string? ChosenName(JsonNode node)
    {
        if (Expect<JsonString>(node, "a string") is not { } name)
        {
            return null;
        }

        if (CodeName.IsChosenName(name.Value))
        {
            return name.Value;
        }

        Bag.ReportValue(
            DiagnosticDescriptors.InvalidValue, name, name.Path, "'" + name.Value + "'",
            "write a C# name that begins with a capital and has no invisible characters");
        return null;
    }

    /// <summary>As <see cref="Documentation"/>; empty without an element.</summary>
    public string Description(JsonObject? owner) => owner is null ? "" : Documentation(member => owner[member]);

    /// <summary>
    /// What documents an element: its <c>summary</c> and its <c>description</c>, or its <c>title</c> if it has neither, and the address of
    /// its <c>externalDocs</c>. Lines without white space around them; empty when it has none of them.
    /// </summary>
    /// <param name="member">Gives a member of the element.</param>
    public string Documentation(Func<string, JsonNode?> member)
    {
        string summary = Prose(member("summary") as JsonString);
        string description = Prose(Expect<JsonString>(member("description"), "a string"));
        string text = description.StartsWith(summary, StringComparison.Ordinal) ? description : (summary + "\n" + description).Trim();
        text = text.Length > 0 ? text : Prose(member("title") as JsonString);
        string address = member("externalDocs") is JsonObject docs ? Prose(docs["url"] as JsonString) : "";
        return address.Length == 0 || text.Contains(address) ? text : (text + "\nSee <" + address + ">.").Trim();
    }

    /// <summary>A text for documentation, with <c>\n</c> for everything that ends a line in C#.</summary>
    public static string Prose(JsonString? text) => text is null
        ? ""
        : text.Value.Replace("\r\n", "\n")
            .Replace('\r', '\n').Replace('\u0085', '\n').Replace('\u2028', '\n').Replace('\u2029', '\n').Trim();

    public static string Line(JsonString? text) => Prose(text).Replace('\n', ' ');
}
