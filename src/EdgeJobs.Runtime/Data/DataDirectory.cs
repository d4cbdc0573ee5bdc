using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Data;

/// <summary>The data directory of the agent, locked for this process, with the journal in it.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerWrites = ProtectedDirectory.OwnerOnly
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const int LockExclusiveNow = 2 | 4;
    private const int WouldBlock = 11;
    private const string ProcessFile = "agent.pid";
    private const int MaxProcessFile = 64;
    private readonly int _lock;

    private DataDirectory(string path, int descriptor, JournalFile journal)
    {
        Path = path;
        _lock = descriptor;
        Journal = journal;
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    public JournalFile Journal { get; }

    /// <summary>
    /// The directory for a value of --data_dir. The default is for a service: a user who cannot use it gets a directory in the home
    /// directory.
    /// </summary>
    public static string PathFor(string setting)
    {
        if (setting != AgentSettings.DefaultDataDirectory || Environment.IsPrivilegedProcess || Directory.Exists(setting))
        {
            return setting;
        }

        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        return System.IO.Path.Combine(string.IsNullOrEmpty(state) ? System.IO.Path.Combine(Home(), ".local", "state") : state, "edgejobs");
    }

    /// <summary>Creates the directory with mode 700 if it is missing, and locks it.</summary>
    /// <exception cref="UsageException">
    /// It can't be created, other users can change its content, another agent has locked it, or its journal can't be read.
    /// </exception>
    public static DataDirectory Open(string directory)
    {
        string path = Create(directory);
        if (!File.Exists(System.IO.Path.Combine(path, JournalFile.Name)))
        {
            FlushParents(path);
        }

        // Lock the directory itself: that needs no disk space, and the lock ends with the process.
        int descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Fault($"{path} can't be opened: {ErrorText.OfFile(Marshal.GetLastPInvokeError())}");
        }

        try
        {
            // A file system without locks lets several agents in.
            if (Libc.Lock(descriptor, LockExclusiveNow) != 0 && Marshal.GetLastPInvokeError() == WouldBlock)
            {
                string holder = ProcessOf(path) is { } process ? $", process {process}" : string.Empty;
                throw Fault($"{path} is in use by another agent{holder}; stop it, or choose another directory");
            }

            JournalFile journal = JournalFile.Open(path);
            WriteProcessFile(path);
            return new DataDirectory(path, descriptor, journal);
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
    }

    /// <summary>
    /// The process id of the agent that uses a directory; null when there is none. Does not try the lock, which an agent that is starting
    /// must get.
    /// </summary>
    public static int? FindHolder(string directory)
    {
        if (!int.TryParse(ProcessOf(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            || !Directory.Exists($"/proc/{process}"))
        {
            return null;
        }

        try
        {
            // The id may have been reused. The agent keeps the directory open, under its path without links.
            _ = ProtectedDirectory.FindFault(directory, out string path);
            string[] descriptors = Directory.GetFileSystemEntries($"/proc/{process}/fd");
            return Array.Exists(descriptors, d => new FileInfo(d).LinkTarget == path) ? process : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Directory.Exists($"/proc/{process}") ? process : null;
        }
    }

    /// <summary>The initial state: with the job that an earlier run of the agent left unfinished, if any.</summary>
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

        if (state.Claim.ThingName != thingName)
        {
            AgentLog.JournalFound(
                logger,
                $"the journal has {state.Claim.Key} of the thing '{state.Claim.ThingName}', not of '{thingName}'; the agent drops the job");
            if (Journal.Write(new JournalEntry.Closed()) is { } error)
            {
                AgentLog.JournalFault(logger, error);
            }

            return start;
        }

        JobPlan? plan = JobRequests.PlanOf(documents, state.Claim.Document);
        int steps = Math.Max(state.Results.Length, state.IsRunning ? state.Index + 1 : state.Index);
        string? fault = Journal.WasDamaged ? "the journal is damaged, so the progress of the job is unknown"
            : plan is not null && steps > plan.Steps.Count ? "the journal has a step that the document does not have"
            : null;
        return JobMachine.Resume(start, state, plan, fault);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Journal.Dispose();
        _ = Libc.Close(_lock);
    }

    private static string Create(string directory)
    {
        // Check first: in a directory of another user, that user could replace what is created.
        if (ProtectedDirectory.FindFault(directory, out string path) is { } before)
        {
            throw Fault(before);
        }

        try
        {
            CreateWithParents(path, ProtectedDirectory.OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault(
                $"{path} can't be created: {e.Message.ReplaceLineEndings(" ")}; "
                + $"give the user {OwnUser.Name} write access to its parent, or choose another directory");
        }

        if (ProtectedDirectory.FindFault(path, out path) is { } fault)
        {
            throw Fault(fault);
        }

        return ProtectedDirectory.IsWritable(path, out int error) || error != Libc.AccessDenied
            ? path
            : throw Fault(
                $"{path} is not writable by the user {OwnUser.Name}; "
                + $"run the agent as the directory's owner, or run: sudo chown {OwnUser.Owner} {path}");
    }

    /// <summary>.NET creates parents with mode 777 less the umask, which other users could write with a umask of 0.</summary>
    private static void CreateWithParents(string path, UnixFileMode mode)
    {
        if (System.IO.Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
        {
            CreateWithParents(parent, OwnerWrites);
        }

        Directory.CreateDirectory(path, mode);
    }

    /// <summary>
    /// Until there is a journal, the directory may be new, also if systemd created it: a power cut could remove it and its content.
    /// </summary>
    private static void FlushParents(string path)
    {
        for (string? parent = System.IO.Path.GetDirectoryName(path); parent is not null; parent = System.IO.Path.GetDirectoryName(parent))
        {
            try
            {
                DurableFile.FlushDirectory(parent);
            }
            catch (IOException)
            {
                // Not readable: then the agent did not create what is in it. Or read-only: then nothing in it is new.
            }
        }
    }

    private static UsageException Fault(string what) => new($"--data_dir: {what}");

    private static void WriteProcessFile(string path)
    {
        try
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n");
            DurableFile.Replace(System.IO.Path.Combine(path, ProcessFile), Encoding.ASCII.GetBytes(text), mustLast: false);
        }
        catch (IOException)
        {
            // It serves only the message of a second agent and edgejobs status.
        }
    }

    private static string? ProcessOf(string path)
    {
        try
        {
            byte[]? text = PrivateFile.Read(System.IO.Path.Combine(path, ProcessFile), MaxProcessFile);
            return text is null ? null : Encoding.ASCII.GetString(text).Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Home() =>
        Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : LocalUser.Find(OwnUser.Name)?.HomeDirectory ?? "/";
}
