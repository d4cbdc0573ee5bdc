namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Tests that measure, and run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
