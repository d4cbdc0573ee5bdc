using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>What a rollback must know about an installation: written before it switches over.</summary>
/// <param name="Previous">What the link had; empty if there was none.</param>
internal sealed record UndoRecord(string Previous)
{
    private const string Format = "edgejobs undo 1";
    private const int MaxBytes = 16 * 1024;

    /// <summary>Reads the record of a step; null if it has none.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static UndoRecord? Read(string dataDirectory, StepContext step) =>
        PrivateFile.Read(PathOf(dataDirectory, step), MaxBytes) is { } bytes
            && Encoding.UTF8.GetString(bytes) is var text && text.StartsWith(HeadOf(step), StringComparison.Ordinal)
                ? new UndoRecord(text[HeadOf(step).Length..])
                : null;

    /// <summary>Writes it so that it survives a power cut.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(string dataDirectory, StepContext step) =>
        DurableFile.Replace(PathOf(dataDirectory, step), Encoding.UTF8.GetBytes(HeadOf(step) + Previous), mustLast: true);

    /// <summary>Removes the record of a step of the same number in an earlier job.</summary>
    public static void Delete(string dataDirectory, StepContext step) => _ = PrivateFile.TryDelete(dataDirectory, NameOf(step));

    private static string HeadOf(StepContext step) =>
        string.Create(CultureInfo.InvariantCulture, $"{Format}\0{step.JobId}\0{step.ExecutionNumber}\0{step.Number}\0");

    private static string PathOf(string dataDirectory, StepContext step) => Path.Combine(dataDirectory, NameOf(step));

    private static string NameOf(StepContext step) => string.Create(CultureInfo.InvariantCulture, $"undo-{step.Number}");
}
