using System.Buffers;
using System.Text;

namespace EdgeJobs.Runtime.Text;

/// <summary>
/// Removes secrets from text for logs and reports: the queries of URLs, as the signature of a presigned URL gives access to its object;
/// user names and passwords in URLs; AWS's signature parameters anywhere; private keys in PEM. Other secrets in the output of a step are
/// unknown to the agent.
/// </summary>
internal static class Redaction
{
    /// <summary>Replaces a secret.</summary>
    public const string Mark = "***";

    private const string SchemeEnd = "://";
    private const string SignatureParameter = "X-Amz-";
    private const string KeyBegin = "-----BEGIN ";
    private const string KeyEnd = "-----END ";
    private const string KeyName = "PRIVATE KEY-----";

    // The ends of a URL in running text, and of a parameter.
    private static readonly SearchValues<char> UrlEnd = SearchValues.Create(" \t\r\n\"'<>`\\");
    private static readonly SearchValues<char> ParameterEnd = SearchValues.Create(" \t\r\n\"'<>`\\&");

    /// <summary>The text without secrets.</summary>
    /// <returns>The same instance if there are no secrets.</returns>
    public static string Of(string text) => WithoutParameters(WithoutUrlSecrets(WithoutKeys(text)));

    private static string WithoutKeys(string text)
    {
        int name = text.IndexOf(KeyName, StringComparison.Ordinal);
        if (name < 0)
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        int at = 0;
        while (name >= 0)
        {
            int begin = text.LastIndexOf(KeyBegin, name, name - at + 1, StringComparison.Ordinal);
            int end = text.LastIndexOf(KeyEnd, name, name - at + 1, StringComparison.Ordinal);
            int after = name + KeyName.Length;
            if (begin > end && !IsMention(text, begin, after))
            {
                // Remove from the first line of the key to its last, or to the end of the text.
                int last = text.IndexOf(KeyEnd, after, StringComparison.Ordinal);
                clean.Append(text, at, after - at).Append(Mark);
                at = last < 0 ? text.Length : last;
                after = at;
                name = last < 0 ? -1 : text.IndexOf(KeyName, last, StringComparison.Ordinal);
                if (name >= 0)
                {
                    after = name + KeyName.Length;
                    clean.Append(text, at, after - at);
                }
            }
            else if (end > begin)
            {
                // The last line of a key whose first line was cut off.
                clean.Append(Mark).Append(text, end, after - end);
            }
            else
            {
                clean.Append(text, at, after - at);
            }

            at = Math.Max(at, after);
            name = at >= text.Length ? -1 : text.IndexOf(KeyName, at, StringComparison.Ordinal);
        }

        return clean.Append(text, at, text.Length - at).ToString();
    }

    // A message that quotes the first line of a key in parentheses contains no key.
    private static bool IsMention(string text, int begin, int after) =>
        after == text.Length || (begin > 0 && text[begin - 1] == '(' && text[after] == ')');

    private static string WithoutUrlSecrets(string text)
    {
        int scheme = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (scheme < 0)
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        int at = 0;
        while (scheme >= 0)
        {
            int start = scheme + SchemeEnd.Length;
            int length = text.AsSpan(start).IndexOfAny(UrlEnd);
            int end = length < 0 ? text.Length : start + length;
            ReadOnlySpan<char> url = text.AsSpan(start, end - start);
            clean.Append(text, at, start - at);
            int user = UserLength(url);
            if (user > 0)
            {
                clean.Append(Mark);
                url = url[user..];
            }

            int query = url.IndexOf('?');
            clean.Append(query < 0 ? url : url[..(query + 1)]);
            if (query >= 0 && query + 1 < url.Length)
            {
                clean.Append(Mark);
            }

            at = end;
            scheme = text.IndexOf(SchemeEnd, at, StringComparison.Ordinal);
        }

        clean.Append(text, at, text.Length - at);
        return clean.Length == text.Length && clean.Equals(text) ? text : clean.ToString();
    }

    // The length of user and password in a URL: up to the last @ of the host part. A password may contain a character that ends the host
    // part; the apparent port is then not a number.
    private static int UserLength(ReadOnlySpan<char> url)
    {
        int hostEnd = url.IndexOfAny('/', '?', '#');
        ReadOnlySpan<char> host = hostEnd < 0 ? url : url[..hostEnd];
        int at = host.LastIndexOf('@');
        if (host.StartsWith("[USER") || host.StartsWith("USER@"))
        {
            // Placeholders in messages: [USER[:PASSWORD]@]HOST and USER@HOST.
            return 0;
        }

        if (at >= 0 || hostEnd < 0)
        {
            return Math.Max(at, 0);
        }

        int colon = host.LastIndexOf(':');
        bool isPort = colon < 0 || host[^1] == ']' || !host[(colon + 1)..].ContainsAnyExceptInRange('0', '9');
        return isPort ? 0 : Math.Max(url.LastIndexOf('@'), 0);
    }

    // For a URL without its beginning, in pieces, or inside the query of another one.
    private static string WithoutParameters(string text)
    {
        int found = text.IndexOf(SignatureParameter, StringComparison.OrdinalIgnoreCase);
        if (found < 0)
        {
            return text;
        }

        StringBuilder clean = new(text.Length);
        int at = 0;
        while (found >= 0)
        {
            int value = found + SignatureParameter.Length;
            while (value < text.Length && (char.IsAsciiLetterOrDigit(text[value]) || text[value] == '-'))
            {
                value++;
            }

            ReadOnlySpan<char> rest = text.AsSpan(value);
            int sign = rest.StartsWith("=") ? 1 : rest.StartsWith("%3D", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
            clean.Append(text, at, value + sign - at);
            at = value + sign;
            if (sign > 0)
            {
                int length = text.AsSpan(at).IndexOfAny(ParameterEnd);
                clean.Append(Mark);
                at = length < 0 ? text.Length : at + length;
            }

            found = text.IndexOf(SignatureParameter, at, StringComparison.OrdinalIgnoreCase);
        }

        return clean.Append(text, at, text.Length - at).ToString();
    }
}
