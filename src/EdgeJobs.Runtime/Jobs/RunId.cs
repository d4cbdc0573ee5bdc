using System.Globalization;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>
/// What one attempt at a step is called, and no other ever is. It is made as the variable of the environment that all its
/// processes carry, which is where it is needed each time.
/// </summary>
internal readonly struct RunId
{
    /// <summary>The variable's name, with its equals sign.</summary>
    public const string Prefix = "EDGEJOBS_RUN_ID=";

    /// <summary>Takes one that was read.</summary>
    public RunId(string text) => Variable = Prefix + text;

    /// <summary>Makes a new one.</summary>
    /// <param name="owner">The process that runs the step, as <see cref="CgroupTree.Owner"/> calls it.</param>
    /// <param name="number">What no other attempt of that process has.</param>
    public RunId(string owner, long number) => Variable = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{owner}-{number}");

    /// <summary>The variable: its name, an equals sign and the id.</summary>
    public string Variable { get; }

    /// <summary>The id alone.</summary>
    public ReadOnlySpan<char> Text => Variable.AsSpan(Prefix.Length);
}
