using System.Text;
using System.Text.Unicode;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The run id of the step that runs, in a file: an agent that was killed leaves its step running, and the next one ends it
/// before it runs a step itself. Where steps have cgroups these tell it already, also of processes without environment.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="owner">This process.</param>
internal sealed unsafe class RunningStepFile(string path, string owner)
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "running-step";

    private const int KillPollMilliseconds = 10;
    private const int MaxPolls = 500;

    // The file keeps its length: to write over what is there costs the file system nothing.
    private const int Bytes = 256;

    // Stays open as long as the agent lives.
    private int _descriptor = -1;

    /// <summary>
    /// A step is about to start. A file that can't be written disturbs no step: whether jobs may start on such a disk is not decided
    /// here.
    /// </summary>
    public void Write(RunId runId)
    {
        Span<byte> text = stackalloc byte[Bytes];
        if (Utf8.TryWrite(text, $"{owner} {runId.Text}", out int length))
        {
            Put(text, length);
        }
    }

    /// <summary>It has ended.</summary>
    public void Clear() => Put(stackalloc byte[Bytes], 0);

    private void Put(Span<byte> text, int length)
    {
        text[length..^1].Fill((byte)' ');
        text[^1] = (byte)'\n';
        if (_descriptor < 0)
        {
            _descriptor = PrivateFile.OpenForUpdate(path);
        }

        fixed (byte* start = text)
        {
            // When it can't be cleared: a run id is never used again.
            _ = Libc.WriteAt(_descriptor, start, text.Length, 0);
        }
    }

    /// <summary>Ends what a step of an agent that no longer runs has left.</summary>
    /// <param name="orphans">Finds its processes.</param>
    /// <param name="isJobUnderWay">
    /// Whether the journal has a job under way. If not, a file that can't be read is replaced: no step is left running.
    /// </param>
    /// <exception cref="UsageException">The file can't be read: a step may still run, and would run beside the next one.</exception>
    public void EndForsaken(ChildReaper orphans, bool isJobUnderWay = true)
    {
        if (Read(isJobUnderWay) is not [string forsaken, string runId] || CgroupTree.IsAlive(forsaken))
        {
            return;
        }

        StepProcessTree family = new(new RunId(runId), null, orphans);
        for (int i = 0; i < MaxPolls && family.Kill() > 0; i++)
        {
            Thread.Sleep(KillPollMilliseconds);
        }

        Clear();
    }

    /// <summary>Why an agent refuses the file of a directory, and the fix; null when it does not.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="isJobUnderWay">Whether the journal has a job under way.</param>
    public static string? FindFault(string directory, bool isJobUnderWay = true)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            _ = PrivateFile.Read(path, Bytes);
            return null;
        }
        catch (IOException e)
        {
            return isJobUnderWay || Directory.Exists(path) ? e.Message : null;
        }
    }

    private string[] Read(bool isJobUnderWay)
    {
        try
        {
            return PrivateFile.Read(path, Bytes) is { } text ? Encoding.UTF8.GetString(text).Trim().Split(' ') : [];
        }
        catch (IOException) when (!isJobUnderWay && PrivateFile.Create(Libc.WorkingDirectory, path, out _descriptor) == 0)
        {
            // Of an agent that root once started by hand, as a rule.
            return [];
        }
        catch (IOException e)
        {
            throw new UsageException($"{e.Message}. No step is started: the file says which one an earlier agent has left running");
        }
    }
}
