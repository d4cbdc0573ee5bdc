using System.Globalization;
using System.Net;

namespace EdgeJobs.Client.Dialing;

/// <summary>
/// The entries of NO_PROXY. There is no standard; this is what most programs support. Commas or blanks separate the entries. An entry is
/// <c>*</c> for all hosts, a host name that includes its subdomains (a leading dot or <c>*.</c> is ignored), an address, or a network
/// such as <c>10.0.0.0/8</c>; a port after an entry limits it to that port. Names are not resolved.
/// </summary>
internal static class NoProxyList
{
    private static readonly char[] Separators = [',', ' ', '\t', ';'];

    /// <summary>Whether to reach a server without the proxy.</summary>
    /// <param name="list">The list; null for an empty one.</param>
    /// <param name="host">The server's name or address.</param>
    /// <param name="port">Its port.</param>
    public static bool Contains(string? list, string host, int port)
    {
        string name = host.TrimEnd('.');
        IPAddress? address = AddressOf(name);
        foreach (string entry in (list ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            if (entry == "*" || Matches(entry, name, address, port))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string entry, string host, IPAddress? address, int port)
    {
        if (entry.Contains('/', StringComparison.Ordinal))
        {
            return address is not null && IPNetwork.TryParse(entry, out IPNetwork network) && network.Contains(address);
        }

        if (AddressOf(entry) is { } alone)
        {
            return alone.Equals(address);
        }

        int colon = entry.LastIndexOf(':');
        if (colon >= 0)
        {
            if (!int.TryParse(entry.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number != port)
            {
                return false;
            }

            entry = entry[..colon];
            if (AddressOf(entry) is { } with)
            {
                return with.Equals(address);
            }
        }

        if (address is not null)
        {
            return false;
        }

        string suffix = (entry.StartsWith("*.", StringComparison.Ordinal) ? entry[1..] : entry).Trim('.');
        return suffix.Length > 0
            && host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            && (host.Length == suffix.Length || host[^(suffix.Length + 1)] == '.');
    }

    /// <summary>Parses an address; accepts the brackets of a URL and IPv4-mapped IPv6.</summary>
    private static IPAddress? AddressOf(string text)
    {
        bool isBracketed = text.StartsWith('[') && text.EndsWith(']');
        return IPAddress.TryParse(isBracketed ? text[1..^1] : text, out IPAddress? address)
            ? address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address
            : null;
    }
}
