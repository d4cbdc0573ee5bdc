namespace EdgeJobs.Client.Tests;

/// <summary>Options with credential files.</summary>
internal static class TestOptions
{
    public static MqttConnectionOptions Of(string? certificate, string? key, string? caFile = null, string? passphraseFile = null) => new()
    {
        Host = "localhost",
        ClientId = "thing",
        CertificateFile = certificate,
        KeyFile = key,
        CaFile = caFile,
        KeyPassphraseFile = passphraseFile,
    };
}
