using EdgeJobs.Client.Credentials;

namespace EdgeJobs.Client;

/// <summary>Looks at the files of a thing's identity as connecting does, and tells everything that it finds instead of the first fault.</summary>
public static class CredentialInspection
{
    /// <summary>Looks at all of them. Nothing is thrown, changed or sent.</summary>
    /// <param name="options">Which files; only what concerns them is read.</param>
    /// <param name="time">The clock that says whether certificates are valid.</param>
    /// <returns>One check or more of each <see cref="CredentialAspect"/>, in their order.</returns>
    public static IReadOnlyList<CredentialCheck> Inspect(MqttConnectionOptions options, TimeProvider time)
    {
        using CredentialLoader loader = new(options, time);
        loader.Load();
        return loader.Checks;
    }
}
