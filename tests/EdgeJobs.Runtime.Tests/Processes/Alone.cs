namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Tests in which the test process adopts orphans, including those of tests that run in parallel.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
