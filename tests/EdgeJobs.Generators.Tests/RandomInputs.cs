namespace EdgeJobs.Generators.Tests;

/// <summary>How many random inputs a test makes.</summary>
internal static class RandomInputs
{
    /// <summary><c>EDGEJOBS_TEST_SPECS</c>, or the number of a normal run.</summary>
    public static int Count(int normal) =>
        int.TryParse(Environment.GetEnvironmentVariable("EDGEJOBS_TEST_SPECS"), out int count) ? count : normal;
}
