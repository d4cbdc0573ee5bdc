using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Buckets;

/// <summary>
/// Presigned URLs of the files in local directories, in place of S3. The key is new with each start: a restart invalidates all URLs.
/// </summary>
/// <param name="directories">The directories, by the name of their bucket.</param>
internal sealed class PresignedUrls(IReadOnlyDictionary<string, string> directories)
{
    public const int DefaultSeconds = 3600;
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string SignatureParameter = "&X-Amz-Signature=";
    private const string DateParameter = "X-Amz-Date=";
    private const string ExpiresParameter = "X-Amz-Expires=";
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private long _number;

    /// <summary>Scheme, host and port of the server; known when it has started.</summary>
    public string Origin { get; set; } = "";

    /// <summary>Why a document's placeholders can't be resolved; null if they can.</summary>
    public string? FindFault(string text)
    {
        int at = 0;
        while (S3Placeholder.TryFind(text, at, out Range range, out S3Placeholder? placeholder))
        {
            if (placeholder is not { } found)
            {
                return $"the placeholder {SafeText.Of(text[range], 120)} must have the form "
                    + "${aws:iot:s3-presigned-url:https://s3.REGION.amazonaws.com/BUCKET/KEY}";
            }

            if (!directories.ContainsKey(found.Bucket))
            {
                return $"the bucket {SafeText.Of(found.Bucket, 64)} does not exist; start the local cloud with --bucket "
                    + $"{SafeText.Of(found.Bucket, 64)}=DIR";
            }

            at = range.End.Value;
        }

        return null;
    }

    /// <summary>Replaces the placeholders of a document by URLs. Each call signs new ones.</summary>
    public RawJson Resolve(RawJson document, int seconds, DateTimeOffset now)
    {
        string text = document.ToString();
        StringBuilder resolved = new(text.Length);
        int at = 0;
        while (S3Placeholder.TryFind(text, at, out Range range, out S3Placeholder? placeholder))
        {
            resolved.Append(text, at, range.Start.Value - at);
            resolved.Append(placeholder is { } found ? Sign(found, seconds, now) : text[range]);
            at = range.End.Value;
        }

        return at == 0 ? document : RawJson.FromText(resolved.Append(text, at, text.Length - at).ToString());
    }

    /// <summary>The file that a request asks for.</summary>
    /// <param name="target">Path and query of the request, as they were sent.</param>
    /// <param name="now">The time.</param>
    /// <param name="file">The path of the file; null if there is none.</param>
    /// <returns>Why access is denied; null if it is not.</returns>
    public string? Open(string target, DateTimeOffset now, out string? file)
    {
        file = null;
        int signature = target.LastIndexOf(SignatureParameter, StringComparison.Ordinal);
        if (signature < 0)
        {
            return "The request has no signature";
        }

        string signed = target[..signature];
        byte[] expected = Encoding.ASCII.GetBytes(Signature(signed));
        byte[] given = Encoding.UTF8.GetBytes(target[(signature + SignatureParameter.Length)..]);
        if (!CryptographicOperations.FixedTimeEquals(expected, given))
        {
            return "The signature does not match";
        }

        string[] query = signed[(signed.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&');
        DateTimeOffset start = DateTimeOffset.ParseExact(
            Value(query, DateParameter), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        if (now >= start.AddSeconds(int.Parse(Value(query, ExpiresParameter), CultureInfo.InvariantCulture)))
        {
            return "Request has expired";
        }

        string[] names = [.. signed[1..signed.IndexOf('?', StringComparison.Ordinal)].Split('/').Select(Uri.UnescapeDataString)];
        bool isInside = names.Length > 1 && !names.Any(n => n is "" or "." or ".." || n.Contains('/', StringComparison.Ordinal));
        file = isInside ? Path.Combine([directories[names[0]], .. names[1..]]) : null;
        file = File.Exists(file) ? file : null;
        return null;
    }

    private string Sign(S3Placeholder found, int seconds, DateTimeOffset now)
    {
        string path = string.Join('/', found.Key.Split('/').Select(Uri.EscapeDataString));
        string date = now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        long number = Interlocked.Increment(ref _number);
        string signed = string.Create(
            CultureInfo.InvariantCulture,
            $"/{found.Bucket}/{path}?X-Amz-Algorithm=AWS4-HMAC-SHA256&{DateParameter}{date}&{ExpiresParameter}{seconds}"
                + $"&X-Amz-Security-Token={number}&X-Amz-SignedHeaders=host");
        return Origin + signed + SignatureParameter + Signature(signed);
    }

    private string Signature(string signed) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(signed)));

    private static string Value(string[] query, string parameter) =>
        Array.Find(query, q => q.StartsWith(parameter, StringComparison.Ordinal))![parameter.Length..];
}
