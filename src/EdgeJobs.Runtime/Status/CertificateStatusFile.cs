using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Status;

/// <summary>Stores the certificate of the last connection in the data directory, for <c>edgejobs status</c>.</summary>
internal sealed class CertificateStatusFile(string directory, ILogger logger)
{
    private const string Name = "certificate.json";

    // A PEM file has at most 1 MB, so that the names in it are shorter than this.
    private const int MaxBytes = 4 * 1024 * 1024;

    private CertificateFacts? _written;

    /// <summary>Writes the file if it would change: a write with every connection would wear the flash.</summary>
    public void Write(CertificateFacts facts)
    {
        string path = Path.Combine(directory, Name);
        try
        {
            if (facts == (_written ??= Read(directory)))
            {
                return;
            }

            DurableFile.Replace(path, Encode(facts), mustLast: false);
            _written = facts;
        }
        catch (IOException e)
        {
            // The agent works without the file.
            AgentLog.CertificateNotSaved(logger, e.Message);
        }
    }

    /// <summary>Reads the file; null if it does not exist, cannot be read, or is corrupt after a power cut.</summary>
    public static CertificateFacts? Read(string directory)
    {
        try
        {
            if (PrivateFile.Read(Path.Combine(directory, Name), MaxBytes) is not { } json)
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            return new CertificateFacts(
                Text(root, "file"),
                Text(root, "subject"),
                Text(root, "issuer"),
                Text(root, "serialNumber"),
                Time(root, "notBefore"),
                Time(root, "notAfter"));
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes the members, without the braces.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, CertificateFacts facts)
    {
        writer.WriteString("file", facts.File);
        writer.WriteString("subject", facts.Subject);
        writer.WriteString("issuer", facts.Issuer);
        writer.WriteString("serialNumber", facts.SerialNumber);
        writer.WriteString("notBefore", facts.NotBefore);
        writer.WriteString("notAfter", facts.NotAfter);
    }

    private static byte[] Encode(CertificateFacts facts)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            WriteMembers(writer, facts);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? string.Empty;

    // DateTimeOffset.Parse would add 10 KB to the binary.
    private static DateTimeOffset Time(JsonElement root, string name) => root.GetProperty(name).GetDateTimeOffset();
}
