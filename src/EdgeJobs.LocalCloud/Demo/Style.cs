namespace EdgeJobs.LocalCloud.Demo;

/// <summary>Colours for a terminal, and plain text for everything else: a pipe, a file, NO_COLOR.</summary>
internal sealed class Style(bool colours)
{
    /// <summary>The style that suits the standard output of this process.</summary>
    public static Style ForStandardOutput() => new(
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null));

    /// <summary>A headline.</summary>
    public string Bold(string text) => Wrap("1", text);

    /// <summary>Something beside the story.</summary>
    public string Faint(string text) => Wrap("2", text);

    /// <summary>As it should be.</summary>
    public string Good(string text) => Wrap("32", text);

    /// <summary>Not as it should be.</summary>
    public string Bad(string text) => Wrap("31", text);

    /// <summary>A job status in its colour; what is padded to a column is padded before.</summary>
    public string Status(string status) => status.TrimEnd() switch
    {
        "SUCCEEDED" => Wrap("32", status),
        "IN_PROGRESS" => Wrap("36", status),
        "QUEUED" => Wrap("2", status),
        "REJECTED" => Wrap("35", status),
        _ => Wrap("33", status),
    };

    private string Wrap(string code, string text) => colours ? $"\e[{code}m{text}\e[0m" : text;
}
