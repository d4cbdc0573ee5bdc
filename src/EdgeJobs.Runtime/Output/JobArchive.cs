using System.Globalization;
using System.Text.Json;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// The full output of the last jobs, on the board: a directory <c>JOB-EXECUTION</c> for each, of mode 700, with files of
/// bounded size, and <c>job.jsonl</c>, which says what ran and how it ended. The oldest goes when another job comes.
/// </summary>
internal sealed class JobArchive
{
    /// <summary>The directory's name in the data directory.</summary>
    internal const string DirectoryName = "jobs";

    private const int MaxShownId = 80;
    private static readonly string[] UsualNames = [JobRecord.FileName, "1.stdout", "1.stderr"];
    private readonly string _directory;
    private readonly int _keep;
    private readonly TimeProvider _time;
    private readonly JsonLines _json = new();
    private readonly Lock _gate = new();
    private (string JobId, long ExecutionNumber, string Directory) _current = (string.Empty, 0, string.Empty);
    private string? _begun;

    // The jobs that are kept, the oldest first, once they were looked for.
    private List<(long Order, string Directory)>? _jobs;

    /// <summary>An archive in a directory, which is made when it is needed.</summary>
    /// <param name="directory">The directory of the jobs' directories.</param>
    /// <param name="maxOutputBytes">How long each file of output may become, in bytes; 2 or more.</param>
    /// <param name="keep">How many jobs to keep, 1 or more.</param>
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

    /// <summary>How long each file of output may become, in bytes.</summary>
    internal long MaxOutputBytes { get; }

    /// <summary>Keeps how a job ended. Does nothing when no step of it has run.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="executionNumber">Which run of the job on this thing.</param>
    /// <param name="status">The status that is reported.</param>
    /// <param name="reason">The reason that is reported.</param>
    /// <returns>Why it could not be kept; null when it was.</returns>
    public string? Finish(string jobId, long executionNumber, ReadOnlySpan<char> status, ReadOnlySpan<char> reason)
    {
        if (!JobsTopics.IsJobIdOfUpdateJobExecution(jobId))
        {
            return null;
        }

        string directory = DirectoryOf(jobId, executionNumber);
        if (_begun != directory && !Directory.Exists(directory))
        {
            return null;
        }

        try
        {
            lock (_gate)
            {
                Utf8JsonWriter writer = _json.Begin();
                writer.WriteString("jobId", jobId);
                writer.WriteNumber("executionNumber", executionNumber);
                writer.WriteString("status", status);
                writer.WriteString("reason", reason);
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

    /// <summary>Begins with a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="fault">Why nothing of it can be kept.</param>
    internal StepArchive? Begin(StepContext step, out string? fault)
    {
        fault = null;
        if (!JobsTopics.IsJobIdOfUpdateJobExecution(step.JobId))
        {
            fault = $"'{StatusText.Head(step.JobId, MaxShownId)}' can't be a job id, and no directory is made of it";
            return null;
        }

        try
        {
            string directory = DirectoryOf(step.JobId, step.ExecutionNumber);
            bool isNew = false;
            if (_begun != directory || !Directory.Exists(directory))
            {
                isNew = MakeRoom(directory);
                _begun = directory;
            }

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

    /// <summary>Keeps what is known of a step.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    internal void Keep(StepArchive step, StepResult? result)
    {
        lock (_gate)
        {
            step.WriteTo(_json.Begin(), result);
            _json.End();
            _json.AppendTo(step.Directory, JobRecord.FileName);
        }
    }

    /// <summary>The directory of a job. The same text each time as long as it is the same job.</summary>
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
    /// Makes the directory of a job, and removes the oldest when there are too many. Not by their times: a board without a clock has
    /// none.
    /// </summary>
    /// <returns>False when it was there.</returns>
    private bool MakeRoom(string own)
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

        while (jobs.Count >= _keep)
        {
            Remove(jobs[0].Directory);
            jobs.RemoveAt(0);
        }

        bool isNew;
        try
        {
            isNew = ProtectedDirectory.Create(own);
        }
        catch (IOException) when (!Path.Exists(_directory))
        {
            // The first job, or somebody has removed them all.
            Directory.CreateDirectory(_directory, ProtectedDirectory.OwnerOnly);
            isNew = ProtectedDirectory.Create(own);
        }

        long order = (jobs.Count == 0 ? 0 : jobs[^1].Order) + 1;
        if (!isNew)
        {
            _json.EndLine();
        }

        // Goes to the file together with the first step.
        _json.Begin().WriteNumber(JobRecord.Order, order);
        _json.End();
        jobs.Add((order, own));
        return isNew;
    }

    private static void Remove(string directory)
    {
        // What there is of a job with one step; the rest has to be looked for.
        foreach (string name in UsualNames)
        {
            _ = PrivateFile.TryDelete(directory, name);
        }

        // Somebody may have removed it meanwhile.
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
            // As one without a record: the first to go.
            return 0;
        }
    }

    private List<(long Order, string Directory)> Find()
    {
        List<(long Order, string Directory)> jobs = [];
        foreach (string directory in Directory.Exists(_directory) ? Directory.EnumerateDirectories(_directory) : [])
        {
            // A link is no job's: what it leads to is not the agent's to remove.
            if (DiskEntry.Read(directory, out DiskEntry entry) == 0 && entry.IsDirectory)
            {
                jobs.Add((OrderOf(directory), directory));
            }
        }

        jobs.Sort();
        return jobs;
    }
}
