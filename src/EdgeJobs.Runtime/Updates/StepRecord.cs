using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>A text that a step leaves for its next run or its rollback, in a file of the data directory. It survives a power cut.</summary>
internal sealed class StepRecord
{
    private const int MaxBytes = 16 * 1024;
    private readonly string _directory;
    private readonly string _name;
    private readonly string _head;

    private StepRecord(string directory, string name, string format, StepContext step)
    {
        _directory = directory;
        _name = name;
        _head = string.Create(CultureInfo.InvariantCulture, $"edgejobs {format} 1\0{step.JobId}\0{step.ExecutionNumber}\0{step.Number}\0");
    }

    private string FilePath => Path.Combine(_directory, _name);

    /// <summary>
    /// What a rollback must know about an installation, written before it switches over: what the link had, or the package and its version
    /// before; empty if there was no link.
    /// </summary>
    public static StepRecord OfInstallation(string dataDirectory, StepContext step) =>
        new(dataDirectory, string.Create(CultureInfo.InvariantCulture, $"undo-{step.Number}"), "undo", step);

    /// <summary>The boot in which a step wanted to reboot.</summary>
    public static StepRecord OfReboot(string dataDirectory, StepContext step) => new(dataDirectory, "reboot", "reboot", step);

    /// <summary>Reads it; null if the step has none. A record of another job does not count.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public string? Read() =>
        PrivateFile.Read(FilePath, MaxBytes) is { } bytes
            && Encoding.UTF8.GetString(bytes) is var text && text.StartsWith(_head, StringComparison.Ordinal)
                ? text[_head.Length..]
                : null;

    /// <summary>Writes it.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(string text) => DurableFile.Replace(FilePath, Encoding.UTF8.GetBytes(_head + text), mustLast: true);

    /// <summary>Removes it, also if it is that of another job.</summary>
    public void Delete() => _ = PrivateFile.TryDelete(_directory, _name);
}
