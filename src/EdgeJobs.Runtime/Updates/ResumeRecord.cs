using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// What must be known to continue a partial file. It lies in the data directory, because other users may write to the directory of the
/// file. There is one, because one step runs at a time.
/// </summary>
/// <param name="Target">The path of the whole file.</param>
/// <param name="Location">Its URL without the query.</param>
/// <param name="Sha256">Its checksum in the document; empty if there is none.</param>
/// <param name="Validator">The strong ETag or the date of the file on the server; empty if it has none.</param>
/// <param name="Total">The size of the file; -1 if unknown.</param>
/// <param name="Durable">How many bytes of the partial file survive a power cut.</param>
internal sealed record ResumeRecord(string Target, string Location, string Sha256, string Validator, long Total, long Durable)
{
    public const string FileName = "download";

    private const string Format = "edgejobs download 1";
    private const char Separator = '\0';
    private const int MaxBytes = 64 * 1024;

    /// <summary>The boot in which it was written: in the same one, the partial file has all that was written to it.</summary>
    public string Boot { get; private init; } = BootId.Read();

    public bool IsOfThisBoot => Boot.Length > 0 && Boot == BootId.Read();

    /// <summary>Reads the record; null if there is none, or if it can't be used.</summary>
    public static ResumeRecord? Read(string dataDirectory)
    {
        byte[]? bytes;
        try
        {
            bytes = PrivateFile.Read(Path.Combine(dataDirectory, FileName), MaxBytes);
        }
        catch (IOException)
        {
            // Without it, the download starts at the first byte.
            return null;
        }

        return bytes is not null
            && Encoding.UTF8.GetString(bytes).Split(Separator) is [Format, var target, var location, var sha256, var validator, var total,
                var durable, var boot, ""]
            && TryParse(total, out long totalBytes) && TryParse(durable, out long durableBytes)
                ? new ResumeRecord(target, location, sha256, validator, totalBytes, durableBytes) { Boot = boot }
                : null;
    }

    /// <summary>Writes it so that it survives a power cut.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(string dataDirectory)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Format}\0{Target}\0{Location}\0{Sha256}\0{Validator}\0{Total}\0{Durable}\0{Boot}\0");
        DurableFile.Replace(Path.Combine(dataDirectory, FileName), Encoding.UTF8.GetBytes(text), mustLast: true);
    }

    public static void Delete(string dataDirectory) => _ = PrivateFile.TryDelete(dataDirectory, FileName);

    private static bool TryParse(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
