namespace EdgeJobs.LocalCloud.Buckets;

/// <summary>
/// The placeholder <c>${aws:iot:s3-presigned-url:https://s3.REGION.amazonaws.com/BUCKET/KEY}</c>, or <c>s3-presigned-url-v2</c>, whose
/// key is percent-encoded.
/// </summary>
internal readonly record struct S3Placeholder(string Bucket, string Key)
{
    private const string Start = "${aws:iot:s3-presigned-url";
    private const string First = ":";
    private const string Second = "-v2:";

    /// <summary>Finds the next placeholder.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="range">Where it is, if there is one.</param>
    /// <param name="placeholder">Its content; null if it names no object of S3.</param>
    public static bool TryFind(string text, int from, out Range range, out S3Placeholder? placeholder)
    {
        range = default;
        placeholder = null;
        int start = text.IndexOf(Start, from, StringComparison.Ordinal);
        int end = start < 0 ? -1 : text.IndexOf('}', start);
        if (end < 0)
        {
            return false;
        }

        range = start..(end + 1);
        string content = text[(start + Start.Length)..end];
        bool isSecond = content.StartsWith(Second, StringComparison.Ordinal);
        if (!isSecond && !content.StartsWith(First, StringComparison.Ordinal))
        {
            return true;
        }

        placeholder = Parse(content[(isSecond ? Second.Length : First.Length)..], isSecond);
        return true;
    }

    private static S3Placeholder? Parse(string url, bool isEncoded)
    {
        const string Scheme = "https://";
        int slash = url.StartsWith(Scheme, StringComparison.Ordinal) ? url.IndexOf('/', Scheme.Length) : -1;
        if (slash < 0)
        {
            return null;
        }

        // s3.eu-central-1.amazonaws.com/BUCKET/KEY, or BUCKET.s3.eu-central-1.amazonaws.com/KEY.
        string host = url[Scheme.Length..slash];
        string path = url[(slash + 1)..];
        int service = host.IndexOf("s3.", StringComparison.Ordinal);
        string bucket = "";
        if (service > 0 && host[service - 1] == '.')
        {
            bucket = host[..(service - 1)];
        }
        else if (service == 0 && path.IndexOf('/', StringComparison.Ordinal) is > 0 and var end)
        {
            bucket = path[..end];
            path = path[(end + 1)..];
        }

        return bucket.Length == 0 || path.Length == 0 || !host.EndsWith(".amazonaws.com", StringComparison.Ordinal)
            ? null
            : new S3Placeholder(bucket, isEncoded ? Uri.UnescapeDataString(path) : path);
    }
}
