namespace EdgeJobs.Runtime.Settings;

/// <summary>The credentials that systemd gives the service: <c>LoadCredential=</c> and similar lines of the unit.</summary>
internal static class SystemdCredential
{
    /// <summary>The file of a credential; null if there is none.</summary>
    public static string? Find(string name) =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } directory
        && Path.Combine(directory, name) is { } file
        && File.Exists(file)
            ? file
            : null;
}
