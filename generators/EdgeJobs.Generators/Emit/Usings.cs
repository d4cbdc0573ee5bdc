using System;
using System.Collections.Generic;
using System.Linq;

namespace EdgeJobs.Generators.Emit;

/// <summary>Which namespaces a file needs: generated code has no using too many.</summary>
internal static class Usings
{
    /// <summary>What generated code takes from each namespace.</summary>
    private static readonly Dictionary<string, string[]> Names = new(StringComparer.Ordinal)
    {
        ["System"] = new[]
        {
            "ReadOnlyMemory<", "Span<", "DateTimeOffset", "TimeSpan.", "Guid", "[Obsolete(", "ArgumentException", "ArgumentNullException",
            "ArgumentOutOfRangeException", "StringComparison", "Func<",
        },
        ["System.CodeDom.Compiler"] = new[] { "[GeneratedCode(" },
        ["System.Collections.Generic"] = new[] { "KeyValuePair<", "IReadOnlyList<", "IEnumerable<", " List<" },
        ["System.Diagnostics"] = new[] { "[DebuggerDisplay(" },
        ["System.Diagnostics.CodeAnalysis"] = new[] { "[NotNullWhen(" },
        ["System.Text.Json"] = new[] { "Utf8JsonReader", "Utf8JsonWriter", "JsonTokenType" },
        ["EdgeJobs.Protocol"] = new[]
        {
            "IMessage<", "ICorrelatedMessage<", "IJsonView<", "JsonText", "JsonRaw", "ServiceSpec", "RequestOperation<", "EventOperation<", "TextRules.",
            "TopicLevels.", "TopicWriter", "JobOperation", "DocumentShape", "IJobDocument<",
        },
    };

    /// <summary>True when a file names something of a namespace.</summary>
    public static bool IsNeeded(string name, string body) => !Names.TryGetValue(name, out string[] taken) || taken.Any(t => body.IndexOf(t, StringComparison.Ordinal) >= 0);
}
