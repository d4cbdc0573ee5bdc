namespace EdgeJobs.LocalCloud.Demo;

/// <summary>Colours for a terminal; plain text for a pipe, a file or NO_COLOR.</summary>
internal sealed class Style(bool colours)
{
    public static Style ForStandardOutput() => new(
        !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null));

    public string Bold(string text) => Wrap("1", text);

    public string Dim(string text) => Wrap("2", text);

    public string Success(string text) => Wrap("32", text);

    public string Failure(string text) => Wrap("31", text);

    /// <summary>A job status in its colour. Callers pad it before.</summary>
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
