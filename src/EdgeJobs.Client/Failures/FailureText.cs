using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Failures;

internal static class FailureText
{
    private const int MaxForeignLength = 512;

    /// <summary>The name of the certificate file, for the text of a refusal.</summary>
    public static string File(MqttConnectionOptions options) => options.CertificateFile is { } file ? $" ({file})" : "";

    /// <summary>The text of a server, or of an exception that may quote one.</summary>
    public static string OneLine(string text) => SafeText.Of(text.ReplaceLineEndings(" ").TrimEnd('.', ' '), MaxForeignLength);
}
