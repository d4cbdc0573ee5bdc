using System.Globalization;
using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// The full output of the last jobs, on the board: for each a directory <c>JOB-EXECUTION</c> of mode 700, with output files of bounded
/// size and <c>job.jsonl</c>, which records the steps and the outcome. A new job replaces the oldest one.
/// </summary>
internal sealed class JobArchive
{
    /// <summary>The directory's name in the data directory.</summary>
    public const string DirectoryName = "jobs";

    private const int MaxShownId = 80;
    private static readonly string[] UsualNames = ["1.stdout", "1.stderr"];
    private readonly string _directory;
    private readonly int _keep;
    private readonly TimeProvider _time;
    private readonly JsonLines _json = new();
    private readonly Lock _gate = new();
    private (string JobId, long ExecutionNumber, string Directory) _current = (string.Empty, 0, string.Empty);
    private string? _begun;

    // The saved jobs, oldest first; null before the first scan.
    private List<(long Order, string Directory)>? _jobs;

    // The directories in which this process saved the first step only: nothing but the usual files is in them.
    private readonly HashSet<string> _plain = [];

    /// <param name="directory">The parent of the jobs' directories, which is created when it is needed.</param>
    /// <param name="maxOutputBytes">The size limit of each output file; 2 or more.</param>
    /// <param name="keep">The number of jobs to save; 1 or more.</param>
    /// <param name="time">The time of day.</param>
    public JobArchive(string directory, long maxOutputBytes, int keep, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxOutputBytes, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        _directory = directory;
        MaxOutputBytes = maxOutputBytes;
        _keep = keep;
        _time = time;
    }

    public long MaxOutputBytes { get; }

    /// <summary>Saves the outcome of a job, if a step of it has run.</summary>
    /// <returns>Why it could not be saved; null when it was.</returns>
    public string? Finish(JobKey key, Outcome outcome)
    {
        if (!JobKey.IsValidId(key.JobId))
        {
            return null;
        }

        string directory = DirectoryOf(key.JobId, key.ExecutionNumber);
        if (_begun != directory && !Directory.Exists(directory))
        {
            return null;
        }

        try
        {
            lock (_gate)
            {
                Utf8JsonWriter writer = _json.Begin();
                writer.WriteString("jobId", key.JobId);
                writer.WriteNumber("executionNumber", key.ExecutionNumber);
                writer.WriteString("status", outcome.Status.ToWireString());
                writer.WriteString("reason", outcome.Reason);
                writer.WriteString("endedAt", _time.GetUtcNow());
                _json.End();
                _json.AppendTo(directory, JobRecord.FileName);
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message.ReplaceLineEndings(" ");
        }
    }

    /// <param name="step">The step that starts.</param>
    /// <param name="fault">Why its output can't be saved.</param>
    public StepArchive? Begin(StepContext step, out string? fault)
    {
        fault = null;
        if (!JobsTopics.IsJobIdOfUpdateJobExecution(step.JobId))
        {
            fault = $"'{StatusText.Head(step.JobId, MaxShownId)}' is not a valid job id, so it can't name a directory";
            return null;
        }

        try
        {
            string directory = DirectoryOf(step.JobId, step.ExecutionNumber);
            bool isNew = false;
            if (_begun != directory || !Directory.Exists(directory))
            {
                isNew = CreateDirectory(directory);
                _begun = directory;
            }

            _ = isNew && step.Number == 1 ? _plain.Add(directory) : _plain.Remove(directory);

            return new StepArchive(this, directory, step, _time.GetUtcNow(), isNew);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _json.Discard();
            _begun = null;
            fault = e.Message.ReplaceLineEndings(" ");
            return null;
        }
    }

    /// <summary>Appends a record of a step.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public void Save(StepArchive step, StepResult? result)
    {
        lock (_gate)
        {
            step.WriteTo(_json.Begin(), result);
            _json.End();
            _json.AppendTo(step.Directory, JobRecord.FileName);
        }
    }

    /// <summary>The directory of a job. Caches the text for the current job.</summary>
    private string DirectoryOf(string jobId, long executionNumber)
    {
        lock (_gate)
        {
            if (_current.JobId != jobId || _current.ExecutionNumber != executionNumber)
            {
                _current = (jobId, executionNumber, string.Create(CultureInfo.InvariantCulture, $"{_directory}/{jobId}-{executionNumber}"));
            }

            return _current.Directory;
        }
    }

    /// <summary>
    /// Creates the directory of a job, and removes the oldest ones. Their order is recorded, as a board may have no clock.
    /// </summary>
    /// <returns>False when it existed.</returns>
    private bool CreateDirectory(string own)
    {
        if (_jobs is null && ProtectedDirectory.FindFault(_directory) is { } fault)
        {
            throw new IOException(fault);
        }

        List<(long Order, string Directory)> jobs = _jobs ??= Find();
        for (int i = jobs.Count - 1; i >= 0; i--)
        {
            if (jobs[i].Directory == own)
            {
                jobs.RemoveAt(i);
            }
        }

        bool isNew = false;
        while (jobs.Count >= _keep)
        {
            string oldest = jobs[0].Directory;
            isNew = _plain.Remove(oldest) && jobs.Count == _keep && TryReuse(oldest, own);
            if (!isNew)
            {
                Remove(oldest);
            }

            jobs.RemoveAt(0);
        }

        isNew = isNew || Create(own);

        long order = (jobs.Count == 0 ? 0 : jobs[^1].Order) + 1;
        if (!isNew)
        {
            _json.EndLine();
        }

        // Written together with the first step.
        _json.Begin().WriteNumber(JobRecord.Order, order);
        _json.End();
        jobs.Add((order, own));
        return isNew;
    }

    /// <returns>False when it existed.</returns>
    private bool Create(string directory)
    {
        try
        {
            return ProtectedDirectory.Create(directory);
        }
        catch (IOException) when (!Path.Exists(_directory))
        {
            // The first job, or the parent was deleted.
            Directory.CreateDirectory(_directory, ProtectedDirectory.OwnerOnly);
            return ProtectedDirectory.Create(directory);
        }
    }

    /// <summary>
    /// Makes the directory of the oldest job that of a new one: one renaming instead of two files and two directories that are removed and
    /// created. The record is empty before it gets its new name.
    /// </summary>
    private static bool TryReuse(string oldest, string directory)
    {
        foreach (string name in UsualNames)
        {
            if (!PrivateFile.TryDelete(oldest, name) || !PrivateFile.TryDelete(oldest, name, OutputFile.TailSuffix))
            {
                return false;
            }
        }

        return PrivateFile.TryEmpty(oldest, JobRecord.FileName)
            && Libc.RenameAt(Libc.WorkingDirectory, oldest, Libc.WorkingDirectory, directory) == 0;
    }

    private static void Remove(string directory)
    {
        // The files of a job with one step, without a scan.
        _ = PrivateFile.TryDelete(directory, JobRecord.FileName);
        foreach (string name in UsualNames)
        {
            _ = PrivateFile.TryDelete(directory, name);
        }

        // It may have been deleted meanwhile.
        if (Libc.RemoveDirectory(directory) != 0 && Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static long OrderOf(string directory)
    {
        try
        {
            return JobRecord.Read(directory).Number;
        }
        catch (IOException)
        {
            // Without a record, it is the first to be removed.
            return 0;
        }
    }

    private List<(long Order, string Directory)> Find()
    {
        List<(long Order, string Directory)> jobs = [];
        foreach (string directory in Directory.Exists(_directory) ? Directory.EnumerateDirectories(_directory) : [])
        {
            // Not a link: its target is not the agent's to delete.
            if (DiskEntry.Read(directory, out DiskEntry entry) == 0 && entry.IsDirectory)
            {
                jobs.Add((OrderOf(directory), directory));
            }
        }

        jobs.Sort();
        return jobs;
    }
}
