using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Failures;

internal static class FailureText
{
    private const int MaxForeignLength = 512;

    /// <summary>The certificate file in parentheses; empty if none is set.</summary>
    public static string File(MqttConnectionOptions options) => options.CertificateFile is { } file ? $" ({file})" : "";

    /// <summary>The text of a server or an exception as one safe line.</summary>
    public static string OneLine(string text) => SafeText.Of(text.ReplaceLineEndings(" ").TrimEnd('.', ' '), MaxForeignLength);
}
