namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Tests in which the tests' own process adopts orphans: those of other tests would be adopted too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
