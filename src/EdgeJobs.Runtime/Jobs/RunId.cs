using System.Globalization;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>
/// The unique id of one attempt at a step. Stored as the environment variable that all processes of the attempt have, because that is its
/// only use.
/// </summary>
internal readonly struct RunId
{
    /// <summary>The name of the variable, with the equals sign.</summary>
    public const string Prefix = "EDGEJOBS_RUN_ID=";

    public RunId(string text) => Variable = Prefix + text;

    /// <param name="owner">The process that runs the step, as <see cref="CgroupTree.Owner"/> calls it.</param>
    /// <param name="number">A number that is unique in that process.</param>
    public RunId(string owner, long number) => Variable = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{owner}-{number}");

    /// <summary>The variable: the name, an equals sign and the id.</summary>
    public string Variable { get; }

    /// <summary>The id alone.</summary>
    public ReadOnlySpan<char> Text => Variable.AsSpan(Prefix.Length);
}
