using System.Globalization;
using System.Linq;
using System.Numerics;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <summary>The core schema of YAML 1.2: which texts without quotes are not strings.</summary>
internal static class YamlScalar
{
    /// <summary>The most characters of a hexadecimal or octal number: it takes quadratic time to convert one.</summary>
    private const int MaxLength = 256;

    /// <summary>The null, boolean or number that a text without quotes stands for; null for a string.</summary>
    public static JsonNode? Resolve(string text, TextSpan place) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new JsonNull(place),
        "true" or "True" or "TRUE" => new JsonBool(place, true),
        "false" or "False" or "FALSE" => new JsonBool(place, false),
        _ when Number(text) is { } number => new JsonNumber(place, number, text),
        _ => null,
    };

    /// <summary>A number as JSON writes it, or null. JSON has no infinity and no NaN: these are strings.</summary>
    private static string? Number(string text)
    {
        char first = text[0];
        if (first is not ('-' or '+' or '.' or (>= '0' and <= '9')))
        {
            return null;
        }

        if (text.Length > 2 && first == '0' && text[1] is 'x' or 'o')
        {
            return text.Length <= MaxLength ? Other(text) : null;
        }

        int at = first is '-' or '+' ? 1 : 0;
        string whole = Digits(text, ref at);
        bool hasPoint = at < text.Length && text[at] == '.';
        at += hasPoint ? 1 : 0;
        string fraction = hasPoint ? Digits(text, ref at) : "";
        if (whole.Length + fraction.Length == 0)
        {
            return null;
        }

        string exponent = "";
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            int mark = at++;
            at += at < text.Length && text[at] is '-' or '+' ? 1 : 0;
            exponent = Digits(text, ref at).Length > 0 ? text.Substring(mark, at - mark) : "";
            at = exponent.Length > 0 ? at : mark;
        }

        whole = whole.TrimStart('0');
        return at < text.Length
            ? null
            : (first == '-' ? "-" : "") + (whole.Length > 0 ? whole : "0") + (hasPoint ? "." : "")
                + (hasPoint && fraction.Length == 0 ? "0" : fraction) + exponent;
    }

    /// <summary>A hexadecimal or octal number.</summary>
    private static string? Other(string text)
    {
        const string digits = "0123456789abcdef";
        int radix = text[1] == 'x' ? 16 : 8;
        int[] values = text.Skip(2).Select(c => digits.IndexOf(char.ToLowerInvariant(c))).ToArray();
        return values.All(v => v >= 0 && v < radix)
            ? values.Aggregate(BigInteger.Zero, (sum, v) => (sum * radix) + v).ToString(CultureInfo.InvariantCulture)
            : null;
    }

    private static string Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && text[at] is >= '0' and <= '9')
        {
            at++;
        }

        return text.Substring(start, at - start);
    }
}
