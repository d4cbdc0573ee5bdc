using System.Globalization;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>What the head of a response says about the file in its body.</summary>
internal sealed class FileAnswer
{
    private const int MaxRedirects = 10;
    private const int MaxValidator = 512;
    private const int Whole = 200;
    private const int Part = 206;
    private const int BadRange = 416;
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private FileAnswer(long from, long? total, string validator)
    {
        From = from;
        Total = total;
        Validator = validator;
        Limit = total ?? long.MaxValue;
        TooLong = "the server sends more bytes than it has stated";
    }

    /// <summary>The first byte of the body.</summary>
    public long From { get; }

    /// <summary>The size of the whole file; null if unknown.</summary>
    public long? Total { get; private init; }

    /// <summary>The strong ETag or the date by which the rest can be requested later; empty if there is none.</summary>
    public string Validator { get; }

    /// <summary>The longest file to accept.</summary>
    public long Limit { get; private set; }

    /// <summary>The fault of a longer one.</summary>
    public string TooLong { get; private set; }

    public static string RequestHeaders((string Validator, long From) resume)
    {
        string range = resume.From == 0 || resume.Validator.Length == 0 ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Range: bytes={resume.From}-\r\nIf-Range: {resume.Validator}\r\n");
        return $"User-Agent: edgejobs/{AgentVersion.Current}\r\nAccept: */*\r\nAccept-Encoding: identity\r\n{range}";
    }

    /// <summary>Where a response redirects to; null if it does not.</summary>
    /// <exception cref="DownloadFailure">The redirect can't be followed.</exception>
    public static DownloadUrl? RedirectOf(HttpResponse response, DownloadUrl url, int redirects)
    {
        if (response.Status is not (301 or 302 or 303 or 307 or 308) || response.Header("Location") is not { Length: > 0 } location)
        {
            return null;
        }

        DownloadUrl? next = url.Resolve(location, out string? fault);
        return next is null ? throw new DownloadFailure($"{url.Location} redirects to a URL that {fault}")
            : redirects >= MaxRedirects ? throw new DownloadFailure($"{url.Location}: more than {MaxRedirects} redirects")
            : url.IsSecure && !next.IsSecure
                ? throw new DownloadFailure(
                    $"{url.Location} redirects from HTTPS to HTTP ({next.Location}), which the agent does not follow")
            : next;
    }

    /// <summary>Checks that a response has a whole file.</summary>
    /// <exception cref="DownloadFailure">It has not.</exception>
    public static void CheckStatus(HttpResponse response, DownloadUrl url, DateTimeOffset now)
    {
        if (response.Status != Whole)
        {
            throw Refusal(response, url, now);
        }
    }

    /// <summary>Reads the head of a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="url">The URL, for messages.</param>
    /// <param name="resume">What was requested.</param>
    /// <param name="plan">What the document says about the file.</param>
    /// <param name="now">The time, for Retry-After.</param>
    /// <exception cref="DownloadFailure">The body is not the file.</exception>
    public static FileAnswer Read(
        HttpResponse response, DownloadUrl url, (string Validator, long From) resume, StepAction.Download plan, DateTimeOffset now)
    {
        if (response.Status is not (Whole or Part))
        {
            throw Refusal(response, url, now);
        }

        string encoding = response.Header("Content-Encoding") ?? "identity";
        if (!plan.HasProof && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            throw new DownloadFailure(
                $"{url.Location}: the server sends the file with Content-Encoding {SafeText.Of(encoding, 40)} though the agent accepts "
                    + "none; add the sha256 or the signature of the encoded file to store it like that");
        }

        if (!response.HasEnd && plan is { HasProof: false, Size: null })
        {
            throw new DownloadFailure($"{url.Location}: the server does not state where the file ends; add sha256, signature or size");
        }

        FileAnswer answer = response.Status == Whole
            ? new FileAnswer(0, response.Length, ValidatorOf(response))
            : ReadPart(response, url, resume);
        if (plan.Size is not { } size)
        {
            return answer;
        }

        return answer.Total is { } total && total != size
            ? throw new DownloadFailure($"{url.Location}: the file has {total} bytes instead of {size}")
            : new FileAnswer(answer.From, size, answer.Validator) { TooLong = $"{url.Location}: the file has more than {size} bytes" };
    }

    /// <summary>Limits the file to what the disk has room for.</summary>
    public void LimitTo(long bytes)
    {
        if (bytes < Limit)
        {
            Limit = bytes;
            TooLong = "no room for the rest of the file, whose size the server does not state; free some";
        }
    }

    private static FileAnswer ReadPart(HttpResponse response, DownloadUrl url, (string Validator, long From) resume)
    {
        string text = response.Header("Content-Range") ?? "";
        bool isRange = TryParseRange(text, out long from, out long last, out long total);
        string validator = ValidatorOf(response);
        if (!isRange || from != resume.From || last != total - 1 || from == 0
            || (response.Length is { } length && length != total - from)
            || (validator.Length > 0 && validator[0] == '"' && validator != resume.Validator))
        {
            throw WrongRange($"{url.Location}: the server sends another range ({SafeText.Of(text, 80)}) than the one requested");
        }

        return new FileAnswer(from, total, resume.Validator);
    }

    private static DownloadFailure WrongRange(string message) => new(message, isFinal: false) { IsWrongRange = true };

    /// <summary>Parses <c>bytes 400000-999999/1000000</c>.</summary>
    private static bool TryParseRange(string text, out long from, out long last, out long total)
    {
        from = last = total = 0;
        const string Unit = "bytes ";
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        return text.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) && dash >= Unit.Length && slash > dash
            && TryParse(text.AsSpan(Unit.Length, dash - Unit.Length), out from)
            && TryParse(text.AsSpan(dash + 1, slash - dash - 1), out last)
            && TryParse(text.AsSpan(slash + 1), out total);
    }

    private static bool TryParse(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>A weak ETag does not say that the bytes are the same, and a date only if the file has not changed just now.</summary>
    private static string ValidatorOf(HttpResponse response)
    {
        if (response.Header("ETag") is { } tag)
        {
            return tag.Length <= MaxValidator && tag is ['"', .., '"'] ? tag : "";
        }

        return response.Header("Last-Modified") is { } modified
            && TryParseDate(modified, out DateTimeOffset changed) && TryParseDate(response.Header("Date"), out DateTimeOffset sent)
            && sent - changed > TimeSpan.FromMinutes(1)
                ? modified
                : "";
    }

    private static bool TryParseDate(string? text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);

    private static DownloadFailure Refusal(HttpResponse response, DownloadUrl url, DateTimeOffset now)
    {
        string where = $"{url.Location}: the server answers with status {response.Status}";
        switch (response.Status)
        {
            case BadRange:
                return WrongRange($"{where}, as the requested range does not exist");
            case 408 or 425 or 429 or >= 500:
                return new DownloadFailure(where, isFinal: false) { RetryAfter = RetryAfterOf(response, now) };
            case 400 or 401 or 403 or 410:
                return new DownloadFailure($"{where}; the URL may have expired: give it a longer life in presignedUrlConfig")
                {
                    IsRefused = true,
                };
            default:
                return new DownloadFailure($"{where} instead of the file");
        }
    }

    private static TimeSpan RetryAfterOf(HttpResponse response, DateTimeOffset now)
    {
        string? text = response.Header("Retry-After");
        TimeSpan wait = text is null ? TimeSpan.Zero
            : TryParse(text, out long seconds) ? TimeSpan.FromSeconds(Math.Min(seconds, (long)LongestWait.TotalSeconds))
            : TryParseDate(text, out DateTimeOffset until) ? until - now
            : TimeSpan.Zero;
        return wait > LongestWait ? LongestWait : wait;
    }
}
