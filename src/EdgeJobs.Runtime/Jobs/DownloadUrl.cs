using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>
/// A URL of a file. Path and query go to the server as they are written: .NET would normalize them, and a signature may cover them. Only
/// what no URL can have (blanks, letters outside ASCII) is percent-encoded.
/// </summary>
internal sealed record DownloadUrl
{
    private const string Secure = "https";
    private const string Plain = "http";
    private const string SchemeEnd = "://";
    private const int SecurePort = 443;
    private const int PlainPort = 80;
    private const int MaxLength = 8192;
    private const int MaxHostLength = 253;
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-._");

    private DownloadUrl(bool isSecure, string host, int port, string target)
    {
        IsSecure = isSecure;
        Host = host;
        Port = port;
        Target = target;
    }

    /// <summary>Whether it is HTTPS.</summary>
    public bool IsSecure { get; }

    /// <summary>The host name in ASCII, or the IP address without brackets.</summary>
    public string Host { get; }

    public int Port { get; }

    /// <summary>Path and query, as the request line has them.</summary>
    public string Target { get; }

    /// <summary>The host and a port other than the usual one, as the header Host has them.</summary>
    public string Authority
    {
        get
        {
            string host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
            return Port == (IsSecure ? SecurePort : PlainPort) ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");
        }
    }

    /// <summary>The URL without its query, which may have a signature: for messages, and to know a file again.</summary>
    public string Location
    {
        get
        {
            int query = Target.IndexOf('?', StringComparison.Ordinal);
            return $"{(IsSecure ? Secure : Plain)}{SchemeEnd}{Authority}{(query < 0 ? Target : Target[..query])}";
        }
    }

    /// <summary>Whether the host is this board.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));

    /// <summary>Whether a text is a placeholder for a presigned URL, which the service replaces.</summary>
    public static bool IsPlaceholder(string text) => text.StartsWith("${aws:iot:s3-presigned-url", StringComparison.Ordinal);

    /// <summary>Parses an absolute URL.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fault">The fault, which quotes no part that may be secret; null if there is none.</param>
    public static DownloadUrl? Parse(string text, out string? fault)
    {
        int scheme = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        bool isSecure = scheme >= 0 && text.AsSpan(0, scheme).Equals(Secure, StringComparison.OrdinalIgnoreCase);
        fault = IsPlaceholder(text)
            ? "is a placeholder that the service has not replaced; give the job a presignedUrlConfig"
            : !isSecure && !(scheme >= 0 && text.AsSpan(0, scheme).Equals(Plain, StringComparison.OrdinalIgnoreCase))
            ? "begins with neither https:// nor http://"
            : text.Length > MaxLength ? $"is longer than {MaxLength} characters"
            : HasControl(text) ? "has a control character, which no URL can have"
            : null;
        if (fault is not null)
        {
            return null;
        }

        ReadOnlySpan<char> rest = text.AsSpan(scheme + SchemeEnd.Length);
        int fragment = rest.IndexOf('#');
        rest = fragment < 0 ? rest : rest[..fragment];
        int end = rest.IndexOfAny('/', '?');
        ReadOnlySpan<char> authority = end < 0 ? rest : rest[..end];
        if (authority.Contains('@'))
        {
            fault = "has a user name or password, which is not supported; use a presigned URL";
            return null;
        }

        if (!TryParseAuthority(authority, isSecure ? SecurePort : PlainPort, out string host, out int port))
        {
            fault = "has no valid host and port; write other letters than ASCII as xn--…";
            return null;
        }

        ReadOnlySpan<char> target = end < 0 ? "/" : rest[end..];
        return new DownloadUrl(isSecure, host, port, Encode(target[0] == '/' ? target.ToString() : $"/{target}"));
    }

    /// <summary>The URL that a redirect from this one names; null if it can't be used.</summary>
    public DownloadUrl? Resolve(string location, out string? fault)
    {
        int query = Target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? Target : Target[..query];
        int end = location.AsSpan().IndexOfAny('/', '?', '#');
        bool isAbsolute = location.IndexOf(SchemeEnd, StringComparison.Ordinal) is > 0 and var scheme && (end < 0 || scheme < end);
        string origin = $"{(IsSecure ? Secure : Plain)}{SchemeEnd}{Authority}";
        string target = isAbsolute ? location
            : location.StartsWith("//", StringComparison.Ordinal) ? $"{(IsSecure ? Secure : Plain)}:{location}"
            : location.StartsWith('/') ? origin + location
            : location.StartsWith('?') ? origin + path + location
            : $"{origin}{path[..(path.LastIndexOf('/') + 1)]}{location}";
        return Parse(target, out fault);
    }

    // .NET's Uri would take 60 KB.
    private static bool TryParseAuthority(ReadOnlySpan<char> authority, int usualPort, out string host, out int port)
    {
        port = usualPort;
        int end = authority.StartsWith("[") ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        ReadOnlySpan<char> name = end <= 0 ? authority : authority[..end];
        ReadOnlySpan<char> number = end <= 0 ? default : authority[end..];
        bool isBracketed = name is ['[', .., ']'];
        host = (isBracketed ? name[1..^1] : name).ToString().ToLowerInvariant();
        bool isHost = isBracketed
            ? host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out _)
            : host.Length is > 0 and <= MaxHostLength && !host.AsSpan().ContainsAnyExcept(HostCharacters);
        return isHost
            && (number.IsEmpty
                || (number[0] == ':'
                    && int.TryParse(number[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                    && port is > 0 and <= ushort.MaxValue));
    }

    private static bool HasControl(string text)
    {
        foreach (char c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }

    private static string Encode(string target)
    {
        if (!target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return target;
        }

        StringBuilder encoded = new(target.Length * 2);
        foreach (byte b in Encoding.UTF8.GetBytes(target))
        {
            if (b is >= (byte)'!' and <= (byte)'~')
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return encoded.ToString();
    }
}
