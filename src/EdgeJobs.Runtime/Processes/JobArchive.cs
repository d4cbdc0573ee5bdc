using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The full output of the last jobs, on the board: a directory <c>JOB-EXECUTION</c> for each, of mode 700, with files of
/// bounded size. The oldest goes when another job comes.
/// </summary>
public sealed class JobArchive
{
    /// <summary>The directory's name in the data directory.</summary>
    internal const string DirectoryName = "jobs";

    private const string OrderName = "order";
    private const int MaxDigits = 20;
    private const int FirstBytes = 512;

    /// <summary>The file with how a job ended, in its directory.</summary>
    internal const string ResultName = "result.json";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _directory;
    private readonly long _maxOutputBytes;
    private readonly int _keep;
    private readonly TimeProvider _time;
    private string? _current;

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
        _maxOutputBytes = maxOutputBytes;
        _keep = keep;
        _time = time;
    }

    /// <summary>Keeps how a job ended in <c>result.json</c> of its directory. Does nothing when no step of it has run.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="executionNumber">Which run of the job on this thing.</param>
    /// <param name="status">The status that is reported.</param>
    /// <param name="reason">The reason that is reported.</param>
    /// <returns>Why it could not be kept; null when it was.</returns>
    public string? Finish(string jobId, long executionNumber, string status, string reason)
    {
        string directory = Path.Combine(_directory, NameOf(jobId, executionNumber));
        if (!Directory.Exists(directory))
        {
            return null;
        }

        try
        {
            Replace(Path.Combine(directory, ResultName), writer =>
            {
                writer.WriteString("jobId", jobId);
                writer.WriteNumber("executionNumber", executionNumber);
                writer.WriteString("status", status);
                writer.WriteString("reason", reason);
                writer.WriteString("endedAt", _time.GetUtcNow());
            });
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
        string name = NameOf(step.JobId, step.ExecutionNumber);
        string directory = Path.Combine(_directory, name);
        fault = null;
        try
        {
            if (_current != name || !Directory.Exists(directory))
            {
                MakeRoom(name);
                _current = name;
            }

            return new StepArchive(directory, step, _maxOutputBytes, _time.GetUtcNow());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = e.Message.ReplaceLineEndings(" ");
            return null;
        }
    }

    /// <summary>Writes a JSON object in the place of another: there is always one, and it is whole.</summary>
    internal static void Replace(string path, Action<Utf8JsonWriter> members)
    {
        string part = path + ".part";
        ArrayBufferWriter<byte> buffer = new(FirstBytes);
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        SmallFile.Write(part, buffer.WrittenSpan);
        File.Move(part, path, overwrite: true);
    }

    private static string NameOf(string jobId, long executionNumber) => string.Create(CultureInfo.InvariantCulture, $"{jobId}-{executionNumber}");

    /// <summary>Makes the directory of a job, and removes the oldest when there are too many. Not by their times: a board without a clock has none.</summary>
    private void MakeRoom(string name)
    {
        Directory.CreateDirectory(_directory, Private);
        string own = Path.Combine(_directory, name);
        List<(long Order, string Directory)> jobs = _jobs ??= Find();
        jobs.RemoveAll(job => job.Directory == own);
        while (jobs.Count >= _keep)
        {
            // Somebody may have removed it meanwhile.
            if (Directory.Exists(jobs[0].Directory))
            {
                Directory.Delete(jobs[0].Directory, recursive: true);
            }

            jobs.RemoveAt(0);
        }

        Directory.CreateDirectory(own, Private);
        long order = (jobs.Count == 0 ? 0 : jobs[^1].Order) + 1;
        Span<byte> digits = stackalloc byte[MaxDigits];
        _ = Utf8Formatter.TryFormat(order, digits, out int length);
        SmallFile.Write(Path.Combine(own, OrderName), digits[..length]);
        jobs.Add((order, own));
    }

    private List<(long Order, string Directory)> Find()
    {
        List<(long Order, string Directory)> jobs = [];
        foreach (string directory in Directory.EnumerateDirectories(_directory))
        {
            jobs.Add((OrderOf(directory), directory));
        }

        jobs.Sort();
        return jobs;
    }

    /// <summary>The place of a job among those that are kept: the newest is the highest.</summary>
    internal static long OrderOf(string directory)
    {
        ReadOnlySpan<byte> digits = ProcFile.Read(Path.Combine(directory, OrderName), stackalloc byte[MaxDigits]);
        return Utf8Parser.TryParse(digits, out long order, out int used) && used == digits.Length && order > 0 ? order : 0;
    }
}
