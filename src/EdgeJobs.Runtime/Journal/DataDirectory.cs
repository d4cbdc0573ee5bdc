using System.Globalization;
using System.Runtime.InteropServices;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.StateMachine;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Journal;

/// <summary>The agent's own directory: one agent at a time, and its journal.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string ProcessFile = "agent.pid";
    private readonly int _lock;

    private DataDirectory(string path, int descriptor, JournalFile journal)
    {
        Path = path;
        _lock = descriptor;
        Journal = journal;
    }

    /// <summary>Where it is, absolute.</summary>
    public string Path { get; }

    /// <summary>The journal.</summary>
    public JournalFile Journal { get; }

    /// <summary>Creates the directory for its owner alone when it is missing, and takes it for this process.</summary>
    /// <exception cref="UsageException">It can't be made, or another agent has it.</exception>
    public static DataDirectory Open(string directory)
    {
        string path;
        try
        {
            path = Directory.CreateDirectory(directory, OwnerOnly).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(File.Exists(directory)
                ? $"--data_dir: {directory} is a file; give a directory"
                : $"--data_dir: {directory} can't be made ({e.Message.ReplaceLineEndings(" ")}); let the user {OwnUser.Name} write there, or give another directory");
        }

        // The directory itself is locked: that needs no room on the disk, and ends with the process however that ends.
        int descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new UsageException($"--data_dir: {path} can't be opened: {JournalNative.Describe(Marshal.GetLastPInvokeError())}");
        }

        if (!JournalNative.TryLock(descriptor))
        {
            _ = Libc.Close(descriptor);
            throw new UsageException($"--data_dir: {path} is in use by another agent{Holder(path)}; stop that one, or give this one another directory");
        }

        SayWho(path);
        return new DataDirectory(path, descriptor, JournalFile.Open(path));
    }

    /// <summary>The process of the agent that has a directory at this moment; null when none has it. Its lock is not touched: an agent that starts just then must get it.</summary>
    public static int? FindHolder(string directory)
    {
        if (!int.TryParse(ProcessOf(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process) || !Directory.Exists($"/proc/{process}"))
        {
            return null;
        }

        try
        {
            // The number may be another process's by now; the agent holds the directory open.
            string path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(directory));
            return Array.Exists(Directory.GetFileSystemEntries($"/proc/{process}/fd"), d => new FileInfo(d).LinkTarget == path) ? process : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Directory.Exists($"/proc/{process}") ? process : null;
        }
    }

    /// <summary>The state to begin with: what an earlier run of the agent has left, if anything.</summary>
    public JobState Resume(JobState start, string thingName, JobDocumentReader documents, ILogger logger)
    {
        if (Journal.Finding is { } finding)
        {
            AgentLog.JournalFound(logger, finding);
        }

        if (Journal.State is not { } state)
        {
            return start;
        }

        if (state.Taken.ThingName != thingName)
        {
            AgentLog.JournalFound(logger, $"{state.Taken.Key} was taken on for the thing '{state.Taken.ThingName}', not for '{thingName}'; it is dropped");
            if (Journal.Write(new JournalEntry.Closed()) is { } fault)
            {
                AgentLog.JournalFault(logger, fault);
            }

            return start;
        }

        string? broken = Journal.WasDamaged ? "the journal is damaged, and how far the job had come is not known" : null;
        return JobMachine.Resume(start, state, JobRequests.PlanOf(documents, state.Taken.Document), broken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Journal.Dispose();
        _ = Libc.Close(_lock);
    }

    private static void SayWho(string path)
    {
        try
        {
            File.WriteAllText(System.IO.Path.Combine(path, ProcessFile), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only for the message of a second agent.
        }
    }

    private static string Holder(string path) => ProcessOf(path) is { } process ? $", process {process}" : string.Empty;

    private static string? ProcessOf(string path)
    {
        try
        {
            return TextFile.Read(System.IO.Path.Combine(path, ProcessFile)).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
