namespace EdgeJobs.Runtime.Provisioning;

/// <summary>Where a board keeps how far it has come with its identity. Each call is durable when it returns.</summary>
internal interface IIdentityStore
{
    /// <summary>What is there.</summary>
    IdentityState Load();

    /// <summary>Puts a state in the place of the one before, whole or not at all.</summary>
    void Save(IdentityState state);

    /// <summary>Writes key and certificate into the files that connecting reads. The same again changes nothing.</summary>
    void WriteFiles(IdentityState.Registered identity);
}
