namespace EdgeJobs.LocalCloud.Commands;

/// <summary>The options that locate a running cloud, shared by all client commands.</summary>
internal static class CloudAddress
{
    public const int DefaultHttpPort = 8080;

    public static IReadOnlyList<Flag> Flags { get; } =
    [
        new("http_port", "PORT", $"port of the running cloud's REST API on this machine (default {DefaultHttpPort})"),
        new("url", "URL", "address of the running cloud's REST API, if it runs on another machine"),
    ];

    public static Uri From(ParsedCommand command)
    {
        if (command.Value("url") is not { } url)
        {
            return new Uri($"http://127.0.0.1:{command.Port("http_port", DefaultHttpPort)}/");
        }

        if (command.Has("http_port"))
        {
            throw command.Error("--url and --http_port exclude each other");
        }

        return Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw command.Error($"--url {url}: expected an address such as http://127.0.0.1:{DefaultHttpPort}");
    }
}
