namespace EdgeJobs.Fuzz;

/// <summary>The inputs of a seed. Each input depends only on the seed and its number.</summary>
internal interface IFuzzInputs : IDisposable
{
    /// <summary>Runs one input.</summary>
    /// <returns>Null, or the failure with its input, so that it can be repeated.</returns>
    string? Run(long input);

    /// <summary>The input as text that can be repeated, without running it.</summary>
    string Describe(long input);
}
