namespace EdgeJobs.Runtime.Provisioning;

/// <summary>Stores the progress of provisioning. Each call is durable when it returns.</summary>
internal interface IIdentityStore
{
    IdentityState Load();

    /// <summary>Replaces the state atomically.</summary>
    void Save(IdentityState state);

    /// <summary>Writes the key and the certificate to the files that the connection uses. Idempotent.</summary>
    void WriteFiles(IdentityState.Registered identity);
}
