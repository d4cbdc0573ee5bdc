using System.Security.Authentication;
using EdgeJobs.Client.Failures;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Updates;

/// <summary>An attempt at a download failed. The message is one line for the operator, with the fix.</summary>
internal sealed class DownloadFailure(string message, bool isFinal = true) : UpdateFailure(message)
{
    /// <summary>Whether another attempt at the same URL is useless.</summary>
    public bool IsFinal { get; } = isFinal;

    /// <summary>Whether the URL is refused: a new signature may help.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Whether the server does not continue the file correctly: the next attempt starts at the first byte.</summary>
    public bool IsWrongRange { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>Whether an exception means that the connection is lost: another attempt may help.</summary>
    public static bool IsOfConnection(Exception exception) =>
        exception is IOException or AuthenticationException or ObjectDisposedException;

    public static DownloadFailure OfConnection(DownloadUrl url, Exception exception) =>
        new($"{url.Location}: {FailureText.OneLine(exception.GetBaseException().Message)}", isFinal: false);
}
