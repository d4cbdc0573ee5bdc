using System.Text;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Fuzz.Specs;

/// <summary>Names that are difficult for a C# generator.</summary>
internal static class NamePool
{
    /// <summary>Names of types and namespaces of .NET, and of the types and members of generated code.</summary>
    private static readonly string[] Types =
    [
        .. ReservedNames.Types, .. ReservedNames.Members, .. ReservedNames.EnumMethods, .. ReservedNames.UnionMembers,
        "Action", "Array", "Attribute", "Boolean", "Byte", "Char", "Collections", "Console", "CultureInfo", "DateTime", "Decimal",
        "Delegate",
        "Dictionary", "Double", "EdgeJobs", "Encoding", "Enum", "Enumerable", "Environment", "EventOperation", "Exception", "Func",
        "Generic",
        "IDisposable", "IEnumerable", "IEquatable", "Index", "Int32", "Int64", "JsonException", "JsonSerializer", "Lazy", "Linq", "List",
        "Math",
        "Memory", "MemoryExtensions", "MessageReaderView", "Microsoft", "Nullable", "Object", "Protocol", "PublishOptions", "Range",
        "Record",
        "Random", "String", "StringBuilder", "StringComparison", "Specs", "Task", "Test", "Text", "Thread", "Threading", "Tuple", "Type",
        "Uri",
        "ValueType", "Version", "Void", "TopicRequestOperation", "IJson", "IJ", "Json", "Unknown", "Alternative", "Service", "Shape",
        "Equals",
        "None", "TryMatch", "Match", "Match0", "Match1", "All", "Instance", "Requests", "Events", "AddressOf", "Channel", "Kind",
        "Operator",
        "op_Equality", "get_Value", "set_Value", "value__", "ToByteString", "ToText", "Entry", "Key", "Count", "Span",
    ];

    /// <summary>Keywords of C#, including contextual ones.</summary>
    private static readonly string[] Keywords =
    [
        "class", "int", "string", "object", "bool", "null", "true", "default", "this", "base", "namespace", "new", "out", "ref", "in",
        "params", "is", "as",
        "switch", "checked", "event", "operator", "static", "void", "stackalloc", "record", "field", "value", "nint", "nuint", "var",
        "file", "required",
        "scoped", "dynamic", "async", "await", "yield", "partial", "where", "when", "with", "init", "get", "set", "add", "remove",
        "global", "alias",
        "managed", "unmanaged", "notnull", "nameof", "not", "and", "or", "on", "extension", "allows", "args", "__arglist", "__makeref",
        "__reftype",
        "__refvalue", "_", "__", "___",
    ];

    /// <summary>Variables and parameters of generated methods.</summary>
    private static readonly string[] Variables =
    [
        "writer", "reader", "source", "member", "view", "error", "violation", "correlationToken", "item", "item1", "items", "index",
        "entry", "text", "name",
        "buffer", "utf8", "utf8Json", "start", "read", "rest", "behind", "behind1", "more", "level", "level1", "match", "found", "topic",
        "destination",
        "charsWritten", "channel", "number", "known", "start1", "a", "a1", "a12", "a1_", "aValue", "json",
    ];

    /// <summary>Difficult text: digits, marks, accents, scripts, letters with unusual case mappings.</summary>
    private static readonly string[] Writing =
    [
        "", " ", "-", "--", "1", "12", "007", "2fa", "1.2", "1-2", "-1", "a.b", "a-b", "a_b", "a/b", "a~b", "a%20b", "a b", "a:b",
        "$next", "$ref", "@type", "#",
        "x-name", "jobId", "job_id", "JOB_ID", "JobID", "jobid", "Jobid", "fooBar", "foobar", "FooBar", "FOOBAR", "foo_bar",
        "\u0131", "\u0130", "I", "i", "\u00DF", "\u1E9E", "\u017F", "s", "S", "\u212A", "k", "K", "\u212B", "\u00C5", "A\u030A",
        "\u2126", "\u03A9", "\u00B5", "\u03BC",
        "\u01C4", "\u01C5", "\u01C6", "\u03C2", "\u03C3", "\u1FB3", "\u2160", "\u24B6", "\u00AA", "\u0345", "\uFF4A\uFF4F\uFF42",
        "\uFF2A\uFF4F\uFF42", "gr\u00F6\u00DFe", "caf\u00E9", "cafe\u0301",
        "\uC815", "\u110C\u1165\u11BC", "\u0301", "\u0301a", "a\u0301", "\u203F", "a\u203Fb", "\u0660\u0661", "\u00B2", "\u72B6\u614B",
        "\u72B6\u614BValue", "\u72B6\u614BView",
        "\u05E9\u05DC\u05D5\u05DD", "\u0645\u0631\u062D\u0628\u0627", "\u0915\u094D\u0937", "\u0E01\u0E33", "\uD83D\uDE00",
        "a\uD83D\uDE00", "\uD835\uDC9C", "\uD840\uDC00", "\u3164", "\u115F",
        "a\u200Bb", "ab", "\u200Bab", "a\u00ADb", "a\u200Db", "\uFEFFab", "a\u2060b", "ab\u202E", "\u200B", "\u00AD", "a\u034Fb",
        "a\uFE0Fb", "a\u180Eb",
        "a\u00A0b", "a\u2028b", "a\u0085b", "a\u0000b", "a\tb", "a\nb", "a\\b", "a\"b", "a'b", "a`b", "<a>", "a&b", "a{b", "]]>", "*/",
        "//", "\uFFFE", "\uFFFF", "a\uFFFFb", "\uE000",
    ];

    /// <summary>Prefixes and suffixes that generated code adds to other names.</summary>
    private static readonly string[] Derived =
    [
        "{0}View", "{0}Extensions", "Unknown{0}", "{0}Alternative", "{0}Shape", "{0}Value", "{0}Item", "{0}OrDefault", "To{0}",
        "To{0}View", "To{0}Item", "TryGet{0}", "Read{0}",
        "TryParse{0}", "TryFormat{0}", "Is{0}", "Require{0}", "Is{0}OfA", "Is{0}Of{1}", "{0}Filter", "{0}ReplyFilter", "{0}Reply",
        "{0}AcceptedFilter", "{0}Accepted",
        "{0}RejectedFilter", "{0}Channel", "{0}Topics", "{0}TopicMatch", "{0}Operations", "{0}JobOperations", "{0}Spec", "{0}{1}",
        "{0}_{1}", "{0}.{1}", "{0}1", "{0}_",
        "_{0}", "@{0}", "{0}Attribute", "I{0}", "get_{0}", "<{0}>", "{0}\u200B", "\u00AD{0}", "{0}\u0301",
    ];

    private static readonly string[][] Pools = [Types, Types, Keywords, Variables, Writing, Writing];

    /// <summary>A random name.</summary>
    public static string Pick(Randomness random)
    {
        string name = random.Pick(random.Pick(Pools));
        return random.Below(24) switch
        {
            0 => name.ToUpperInvariant(),
            1 => name.Length > 0 ? char.ToLowerInvariant(name[0]) + name[1..] : name,
            2 => name.Length > 0 ? char.ToUpperInvariant(name[0]) + name[1..] : name,
            3 => name.Insert(random.Below(name.Length + 1), random.Pick(Writing)),
            4 => Long(name, random.Between(10, 1_200)),
            _ => name,
        };
    }

    /// <summary>A name that generated code may make from others.</summary>
    public static string Derive(Randomness random, string first, string second) =>
        random.Pick(Derived).Replace("{0}", Capital(first), StringComparison.Ordinal)
            .Replace("{1}", Capital(second), StringComparison.Ordinal);

    private static string Capital(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];

    private static string Long(string name, int length)
    {
        StringBuilder text = new(name);
        while (text.Length < length)
        {
            text.Append(name.Length == 0 ? "n" : name);
        }

        return text.ToString();
    }
}
