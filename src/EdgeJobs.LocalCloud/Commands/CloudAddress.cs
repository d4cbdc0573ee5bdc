namespace EdgeJobs.LocalCloud.Commands;

/// <summary>The two options that say where a running cloud is, shared by all commands that call it.</summary>
internal static class CloudAddress
{
    /// <summary>Where a cloud listens unless told otherwise.</summary>
    public const int DefaultHttpPort = 8080;

    /// <summary>The options.</summary>
    public static IReadOnlyList<Flag> Flags { get; } =
    [
        new("http_port", "PORT", $"port of the running cloud's REST API on this machine (default {DefaultHttpPort})"),
        new("url", "URL", "address of the running cloud's REST API, when it is on another machine"),
    ];

    /// <summary>The address that a command line names.</summary>
    /// <exception cref="UsageException">It isn't one, or both options are given.</exception>
    public static Uri From(ParsedCommand command)
    {
        if (command.Value("url") is not { } url)
        {
            return new Uri($"http://127.0.0.1:{command.Port("http_port", DefaultHttpPort)}/");
        }

        if (command.Has("http_port"))
        {
            throw command.Bad("--url and --http_port say the same thing: give one of them");
        }

        return Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw command.Bad($"--url {url}: an address looks like http://127.0.0.1:{DefaultHttpPort}");
    }
}
