using EdgeJobs.LocalCloud.Buckets;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>The options of <c>serve</c> for files that jobs download.</summary>
internal static class BucketFlags
{
    private const int MaxNameLength = 63;

    public static IReadOnlyList<Flag> All { get; } =
    [
        new(
            "bucket", "NAME=DIR",
            "serve the files of a directory as an S3 bucket: ${aws:iot:s3-presigned-url:https://s3.REGION.amazonaws.com/NAME/KEY} in job "
            + "documents becomes a presigned URL; may be repeated",
            IsRepeatable: true),
        new(
            "bucket_port", "PORT",
            $"port of these files over HTTPS, with the certificate of MQTT (default {CloudOptions.DefaultBucketPort})"),
    ];

    /// <summary>Reads the options; null if there is no bucket.</summary>
    public static PresignedUrls? Read(ParsedCommand command)
    {
        Dictionary<string, string> directories = new(StringComparer.Ordinal);
        foreach (string text in command.Values("bucket"))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : text[..equals];
            string directory = text[(equals + 1)..];
            if (name.Length is 0 or > MaxNameLength || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
            {
                throw command.Error(
                    $"--bucket {text}: must be NAME=DIR, with 1 to {MaxNameLength} letters, digits, '-', '.' and '_' as the name");
            }

            if (!Directory.Exists(directory))
            {
                throw command.Error($"--bucket {text}: the directory {directory} does not exist; create it");
            }

            if (!directories.TryAdd(name, directory))
            {
                throw command.Error($"--bucket {name} is given twice");
            }
        }

        return directories.Count > 0 ? new PresignedUrls(directories)
            : command.Has("bucket_port") ? throw command.Error("--bucket_port requires --bucket")
            : null;
    }
}
