namespace EdgeJobs.Client.Credentials;

/// <summary>Checks the credential files as connecting does, and reports everything instead of the first fault only.</summary>
internal static class CredentialInspection
{
    /// <summary>Checks all files. Throws, changes and sends nothing.</summary>
    /// <param name="options">Names the files; other options are ignored.</param>
    /// <param name="time">The clock for the validity of certificates.</param>
    /// <returns>At least one check of each <see cref="CredentialAspect"/>, in their order.</returns>
    public static IReadOnlyList<CredentialCheck> Inspect(MqttConnectionOptions options, TimeProvider time)
    {
        using CredentialLoader loader = new(options, time);
        loader.Load();
        return loader.Checks;
    }
}
