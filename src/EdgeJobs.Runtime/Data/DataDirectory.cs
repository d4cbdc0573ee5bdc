using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Data;

/// <summary>The agent's own directory: one agent at a time, and its journal.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode NoneElseWrites =
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const string ProcessFile = "agent.pid";
    private const int MaxProcessFile = 64;
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

    /// <summary>The directory to use for the value of --data_dir. A user who cannot use the default, which is for a service, gets one below the home directory.</summary>
    public static string PathFor(string setting)
    {
        if (setting != AgentSettings.DefaultDataDirectory || Environment.IsPrivilegedProcess || Directory.Exists(setting))
        {
            return setting;
        }

        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        return System.IO.Path.Combine(string.IsNullOrEmpty(state) ? System.IO.Path.Combine(Home(), ".local", "state") : state, "edgejobs");
    }

    /// <summary>Creates the directory for its owner alone when it is missing, and takes it for this process.</summary>
    /// <exception cref="UsageException">It can't be created, others could change what is in it, another agent has it, or its journal can't be read.</exception>
    public static DataDirectory Open(string directory)
    {
        string path = Create(directory);

        // The directory itself is locked: that needs no room on the disk, and ends with the process however that ends.
        int descriptor = Libc.Open(path, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw Fault($"{path} can't be opened: {JournalNative.Describe(Marshal.GetLastPInvokeError())}");
        }

        try
        {
            if (!JournalNative.TryLock(descriptor))
            {
                throw Fault($"{path} is in use by another agent{Holder(path)}; stop that one, or give this one another directory");
            }

            JournalFile journal = JournalFile.Open(path);
            SayWho(path);
            return new DataDirectory(path, descriptor, journal);
        }
        catch
        {
            _ = Libc.Close(descriptor);
            throw;
        }
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
            // The number may be another process's by now; the agent holds the directory open, under the path that no link is in.
            _ = ProtectedDirectory.FindFault(directory, out string path);
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

        JobPlan? plan = JobRequests.PlanOf(documents, state.Taken.Document);
        string? broken = Journal.WasDamaged ? "the journal is damaged, and how far the job had come is not known"
            : plan is not null && Math.Max(state.Results.Length, state.IsRunning ? state.Index + 1 : state.Index) > plan.Steps.Count ? "the journal names a step that its document does not have"
            : null;
        return JobMachine.Resume(start, state, plan, broken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Journal.Dispose();
        _ = Libc.Close(_lock);
    }

    /// <summary>The directory, created if need be and checked.</summary>
    private static string Create(string directory)
    {
        // Before anything is created: in a directory of others it would be theirs to replace.
        if (ProtectedDirectory.FindFault(directory, out string path) is { } before)
        {
            throw Fault(before);
        }

        try
        {
            CreateWithParents(path, OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Fault($"{path} can't be made ({e.Message.ReplaceLineEndings(" ")}); let the user {OwnUser.Name} write there, or give another directory");
        }

        if (ProtectedDirectory.FindFault(path, out path) is { } fault)
        {
            throw Fault(fault);
        }

        return JournalNative.MayWrite(path, out int error) || error != Libc.AccessDenied
            ? path
            : throw Fault($"{path} can't be written by the user {OwnUser.Name}; run the agent as the directory's owner, or give the directory to this user: sudo chown {OwnUser.Owner} {path}");
    }

    /// <summary>.NET gives mode 777 to the directories above, less the umask: without a umask all could replace what is in them.</summary>
    private static void CreateWithParents(string path, UnixFileMode mode)
    {
        if (System.IO.Path.GetDirectoryName(path) is { } parent && !Directory.Exists(parent))
        {
            CreateWithParents(parent, NoneElseWrites);
        }

        Directory.CreateDirectory(path, mode);
    }

    private static UsageException Fault(string what) => new($"--data_dir: {what}");

    private static void SayWho(string path)
    {
        try
        {
            PrivateFile.Replace(System.IO.Path.Combine(path, ProcessFile), Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"));
        }
        catch (IOException)
        {
            // Only for the message of a second agent.
        }
    }

    private static string Holder(string path) => ProcessOf(path) is { } process ? $", process {process}" : string.Empty;

    private static string? ProcessOf(string path)
    {
        try
        {
            return PrivateFile.Read(System.IO.Path.Combine(path, ProcessFile), MaxProcessFile) is { } text ? Encoding.ASCII.GetString(text).Trim() : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Home() =>
        Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home ? home : LocalUser.Find(OwnUser.Name)?.HomeDirectory ?? "/";
}
