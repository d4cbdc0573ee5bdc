using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace EdgeJobs.Client;

/// <summary>An HTTP proxy to the server (CONNECT). <see cref="ToString"/> never shows the password.</summary>
public sealed record HttpProxy
{
    private const int DefaultPort = 80;
    private static readonly SearchValues<char> NotInHosts = SearchValues.Create(" /?#@\\\t\r\n");

    private HttpProxy(string host, int port)
    {
        Host = host;
        Port = port;
    }

    /// <summary>Its host name or IP address.</summary>
    public string Host { get; }

    /// <summary>Its TCP port, 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>The user for basic authentication; null for none.</summary>
    public string? User { get; private init; }

    /// <summary>A file whose first line is the user's password, read at each connect; null for none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>The user's password; null for none, or if it is in <see cref="PasswordFile"/>.</summary>
    internal string? Password { get; private init; }

    /// <summary>Whether a password was given with the address.</summary>
    public bool HasPassword => Password is not null;

    /// <summary>
    /// Parses <c>http://[USER[:PASSWORD]@]HOST[:PORT]</c>. <c>http://</c> is optional; user and password may be percent-encoded.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="proxy">The proxy.</param>
    /// <param name="fault">The fault. It quotes no part of the text, which may hold a password.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out HttpProxy? proxy, [NotNullWhen(false)] out string? fault)
    {
        proxy = null;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        int scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            if (!rest[..scheme].Equals("http", StringComparison.OrdinalIgnoreCase))
            {
                fault = "only HTTP proxies are supported, not SOCKS or HTTPS; write http://[USER[:PASSWORD]@]HOST:PORT";
                return false;
            }

            rest = rest[(scheme + 3)..];
        }

        // A password may hold a slash or a question mark; the text after the last @ may not.
        int at = rest.LastIndexOf('@');
        ReadOnlySpan<char> login = at < 0 ? default : rest[..at];
        rest = rest[(at + 1)..];
        if (rest.EndsWith("/"))
        {
            rest = rest[..^1];
        }

        if (!TrySplit(rest, out string host, out int port))
        {
            fault = "has no HOST:PORT; write http://[USER[:PASSWORD]@]HOST:PORT";
            return false;
        }

        string? user = null;
        string? password = null;
        if (at >= 0)
        {
            int colon = login.IndexOf(':');
            user = Uri.UnescapeDataString(colon < 0 ? login : login[..colon]);
            password = colon < 0 ? null : Uri.UnescapeDataString(login[(colon + 1)..]);
            if (user.Length == 0 || user.Contains(':', StringComparison.Ordinal) || HasControl(user) || HasControl(password))
            {
                fault = "has a user or password that can't be sent to a proxy: no user, a colon in the user's name, or a control character";
                return false;
            }
        }

        fault = null;
        proxy = new HttpProxy(host, port) { User = user, Password = password };
        return true;
    }

    /// <summary>The address with the user, if any: <c>thing@proxy.example.com:3128</c>. Never the password.</summary>
    public override string ToString()
    {
        string host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        return $"{(User is null ? "" : User + "@")}{host}:{Port}";
    }

    internal static bool HasControl(string? text)
    {
        foreach (char c in text ?? "")
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65_536;

    private static bool TrySplit(ReadOnlySpan<char> text, out string host, out int port)
    {
        port = DefaultPort;
        int end = text.StartsWith("[") ? text.IndexOf(']') + 1 : text.IndexOf(':');
        ReadOnlySpan<char> name = end <= 0 ? text : text[..end];
        ReadOnlySpan<char> number = end <= 0 || end == text.Length ? default : text[end..];
        bool isBracketed = name is ['[', .., ']'];
        host = (isBracketed ? name[1..^1] : name).ToString();
        return host.Length > 0
            && (isBracketed || !name.Contains('['))
            && Encoding.ASCII.GetByteCount(host) == Encoding.UTF8.GetByteCount(host)
            && !host.AsSpan().ContainsAny(NotInHosts)
            && (number.IsEmpty || (number[0] == ':' && TryParsePort(number[1..], out port)));
    }
}
