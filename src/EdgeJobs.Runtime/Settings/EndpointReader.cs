namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads the setting <c>endpoint</c>.</summary>
internal static class EndpointReader
{
    public const string Form = "HOST or HOST:PORT";

    public static AgentSettings Apply(AgentSettings settings, SettingValue value)
    {
        (string host, int? port) = Read(value);
        return settings with { Connection = settings.Connection with { Host = host, Port = port } };
    }

    private static (string Host, int? Port) Read(SettingValue value)
    {
        string text = value.Text!;
        if (text.Contains("://", StringComparison.Ordinal))
        {
            throw value.Fault($"'{text}' is a URL; use {Form}");
        }

        int colon = text.LastIndexOf(':');
        bool isIpV6 = text.StartsWith('[') || (colon > 0 && text.IndexOf(':', StringComparison.Ordinal) != colon);
        string host = text;
        string? port = null;
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || (close + 1 < text.Length && text[close + 1] != ':'))
            {
                throw value.Fault($"'{text}' is not an address; use [IPV6]:PORT");
            }

            host = text[1..close];
            port = close + 1 < text.Length ? text[(close + 2)..] : null;
        }
        else if (!isIpV6 && colon >= 0)
        {
            host = text[..colon];
            port = text[(colon + 1)..];
        }

        if (host.Length == 0 || host.AsSpan().ContainsAny(" /@"))
        {
            throw value.Fault($"'{text}' does not name a host; use {Form}");
        }

        return port is null ? (host, null)
            : SettingValue.TryParse(port, out int number) && number is > 0 and < 65_536 ? (host, number)
            : throw value.Fault($"'{port}' is not a port; use 1 to 65535");
    }
}
