using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>Provisioning states as JSON.</summary>
internal static class IdentityCodec
{
    private const int Version = 1;
    private const int MaxCertificateId = 128;
    private static readonly SearchValues<char> CertificateIdCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-");

    public static ReadOnlyMemory<byte> Write(IdentityState state)
    {
        ArrayBufferWriter<byte> buffer = new(4096);
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(buffer, options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            switch (state)
            {
                case IdentityState.KeyMade made:
                    writer.WriteString("state", "keyMade");
                    writer.WriteString("privateKey", made.PrivateKey.Reveal());
                    break;
                case IdentityState.Issued issued:
                    writer.WriteString("state", "issued");
                    WriteCertificate(writer, issued.CertificateId, issued.Certificate, issued.PrivateKey);
                    writer.WriteBoolean("isKeyOfService", issued.IsKeyOfService);
                    writer.WriteString("certificateOwnershipToken", issued.Token.Reveal());
                    writer.WriteString("issuedAt", Text(issued.IssuedAt));
                    writer.WriteNumber("presentations", issued.Presentations);
                    break;
                case IdentityState.Registered registered:
                    writer.WriteString("state", "registered");
                    WriteCertificate(writer, registered.CertificateId, registered.Certificate, registered.PrivateKey);
                    WriteThing(writer, registered.ThingName, registered.Configuration);
                    break;
                case IdentityState.Complete complete:
                    writer.WriteString("state", "complete");
                    writer.WriteString("certificateId", complete.CertificateId);
                    WriteThing(writer, complete.ThingName, complete.Configuration);
                    writer.WriteString("template", complete.Template);
                    writer.WriteString("provisionedAt", Text(complete.ProvisionedAt));
                    break;
                default:
                    writer.WriteString("state", "empty");
                    break;
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <returns>False when the JSON is no state that this build knows.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out IdentityState? state)
    {
        state = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (root.GetProperty("version").GetInt32() != Version)
            {
                return false;
            }

            state = root.GetProperty("state").GetString() switch
            {
                "empty" => IdentityState.Empty.Instance,
                "keyMade" => new IdentityState.KeyMade(SecretOf(root, "privateKey")),
                "issued" => new IdentityState.Issued(
                    SecretOf(root, "privateKey"),
                    root.GetProperty("isKeyOfService").GetBoolean(),
                    CertificateIdOf(root),
                    TextOf(root, "certificate"),
                    SecretOf(root, "certificateOwnershipToken"),
                    TimeOf(root, "issuedAt"),
                    root.GetProperty("presentations").GetInt32()),
                "registered" => new IdentityState.Registered(
                    SecretOf(root, "privateKey"),
                    CertificateIdOf(root),
                    TextOf(root, "certificate"),
                    root.TryGetProperty("thingName", out _) ? ThingOf(root) : null,
                    ConfigurationOf(root)),
                "complete" => new IdentityState.Complete(
                    CertificateIdOf(root), ThingOf(root), TextOf(root, "template"), TimeOf(root, "provisionedAt"), ConfigurationOf(root)),
                _ => null,
            };
            return state is not null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }

    /// <summary>The device configuration of a template as a JSON object.</summary>
    public static string WriteConfiguration(ValueMap<string> values)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (KeyValuePair<string, string> value in values)
            {
                writer.WriteString(value.Key, value.Value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Whether a text can be a certificate id: on AWS, 64 hexadecimal digits.</summary>
    public static bool IsCertificateId(string id) =>
        id.Length is > 0 and <= MaxCertificateId && !id.AsSpan().ContainsAnyExcept(CertificateIdCharacters);

    private static void WriteCertificate(Utf8JsonWriter writer, string id, string certificate, Secret privateKey)
    {
        writer.WriteString("certificateId", id);
        writer.WriteString("certificate", certificate);
        writer.WriteString("privateKey", privateKey.Reveal());
    }

    private static void WriteThing(Utf8JsonWriter writer, string? thingName, string? configuration)
    {
        if (thingName is not null)
        {
            writer.WriteString("thingName", thingName);
        }

        if (configuration is not null)
        {
            writer.WritePropertyName("deviceConfiguration");
            writer.WriteRawValue(configuration);
        }
    }

    private static string TextOf(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static Secret SecretOf(JsonElement root, string name) => new(TextOf(root, name));

    // Names and ids become topics, client ids and log lines.
    private static string ThingOf(JsonElement root) =>
        TextOf(root, "thingName") is var name && JobsTopics.IsThingName(name) ? name : throw new FormatException(name);

    private static string CertificateIdOf(JsonElement root) =>
        TextOf(root, "certificateId") is var id && IsCertificateId(id) ? id : throw new FormatException(id);

    private static string? ConfigurationOf(JsonElement root) =>
        root.TryGetProperty("deviceConfiguration", out JsonElement value) ? value.GetRawText() : null;

    private static DateTimeOffset TimeOf(JsonElement root, string name) =>
        DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty(name).GetDateTimeOffset().ToUnixTimeMilliseconds());

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
