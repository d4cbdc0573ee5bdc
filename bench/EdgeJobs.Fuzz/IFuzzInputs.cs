namespace EdgeJobs.Fuzz;

/// <summary>The inputs of a seed, each of which depends on the seed and its number alone.</summary>
internal interface IFuzzInputs : IDisposable
{
    /// <summary>Runs one input.</summary>
    /// <returns>Null, or what is wrong: with the input, so that it can be repeated.</returns>
    string? Run(long input);

    /// <summary>The input in a form that repeats it, without running it.</summary>
    string Describe(long input);
}
