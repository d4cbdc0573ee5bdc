using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>The versions of the agent in the data directory, <c>agent/VERSION/edgejobs</c>, and the file with their state.</summary>
/// <param name="dataDirectory">The data directory, without links.</param>
internal sealed class AgentSlots(string dataDirectory)
{
    public const string DirectoryName = "agent";
    public const string ProgramName = "edgejobs";

    private const string StateName = "state";
    private const int MaxBytes = 16 * 1024;

    public string DirectoryPath { get; } = Path.Combine(dataDirectory, DirectoryName);

    private string StatePath => Path.Combine(DirectoryPath, StateName);

    /// <summary>The program of a version.</summary>
    public string ProgramOf(string version) => Path.Combine(DirectoryPath, version, ProgramName);

    /// <summary>Reads the state.</summary>
    /// <returns>The state; null if there is none.</returns>
    /// <exception cref="IOException">It can't be read, or must not be trusted.</exception>
    public SlotState? Read() => PrivateFile.Read(StatePath, MaxBytes) is not { } bytes ? null
        : SlotState.Parse(bytes)
            ?? throw new IOException(
                $"{StatePath}: is damaged; the packaged version of the agent runs until the next update replaces the file");

    /// <summary>Writes the state so that it survives a power cut.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Write(SlotState state) => DurableFile.Replace(StatePath, state.ToBytes(), mustLast: true);

    /// <summary>Creates the directory of a version.</summary>
    /// <exception cref="IOException">It can't be created, or an existing one must not be trusted.</exception>
    public void Create(string version)
    {
        if (ProtectedDirectory.Create(DirectoryPath))
        {
            DurableFile.FlushDirectory(dataDirectory);
        }

        if (ProtectedDirectory.Create(Path.Combine(DirectoryPath, version)))
        {
            DurableFile.FlushDirectory(DirectoryPath);
        }
    }

    /// <summary>Why the program of a version must not be run, and the fix; null if it may be.</summary>
    public string? FindFault(string version)
    {
        string program = ProgramOf(version);
        if ((ProtectedDirectory.FindFault(DirectoryPath) ?? ProtectedDirectory.FindFault(Path.GetDirectoryName(program)!)) is { } fault)
        {
            return fault;
        }

        int error = DiskEntry.Read(program, out DiskEntry entry);
        return error != 0 ? $"{program}: {ErrorText.OfFile(error)}"
            : !entry.IsFile ? $"{program} is {entry.Kind}, not a program"
            : !entry.IsTrustedBy(0) ? $"{program} belongs to {DiskEntry.NameOf(entry.Owner)}"
            : entry.IsWritableByOthers ? $"{program} is writable by users other than its owner (mode {entry.Octal})"
            : null;
    }

    /// <summary>Removes the versions that a state does not need. What can't be removed stays.</summary>
    public void RemoveOthers(SlotState state)
    {
        string? update = state.Update is { Phase: not SlotPhase.Failed } kept ? kept.Version : null;
        foreach (string directory in Directory.Exists(DirectoryPath) ? Directory.GetDirectories(DirectoryPath) : [])
        {
            string version = Path.GetFileName(directory);
            if (version != state.Confirmed && version != update)
            {
                Remove(version);
            }
        }
    }

    /// <summary>Removes the program of a version. A partial file, with which a download continues, stays.</summary>
    public void Remove(string version)
    {
        string directory = Path.Combine(DirectoryPath, version);
        _ = PrivateFile.TryDelete(directory, ProgramName);
        _ = Libc.RemoveDirectory(directory);
    }
}
