using System.Text;
using System.Text.Unicode;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The run id of the running step, in a file: a killed agent leaves its step running, and the next one kills that step before it runs
/// another. With cgroups, <see cref="CgroupTree"/> finds it too, including processes without the variable.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="owner">This process, as <see cref="CgroupTree.Owner"/> names it.</param>
internal sealed unsafe class RunningStepFile(string path, string owner)
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "running-step";

    private const int KillPollMilliseconds = 10;
    private const int MaxPolls = 500;

    // A fixed size: overwriting changes no metadata.
    private const int Bytes = 256;

    private int _descriptor = -1;

    /// <summary>Notes a step before it starts. Ignores errors: the journal decides whether a job can start on a faulty disk.</summary>
    public void Write(RunId runId)
    {
        Span<byte> text = stackalloc byte[Bytes];
        if (Utf8.TryWrite(text, $"{owner} {runId.Text}", out int length))
        {
            Put(text, length);
        }
    }

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
            // An old run id does no harm: run ids are never reused.
            _ = Libc.WriteAt(_descriptor, start, text.Length, 0);
        }
    }

    /// <summary>Kills the processes that a step of an ended agent left.</summary>
    /// <param name="reaper">Finds its processes.</param>
    /// <param name="isJobUnderWay">
    /// Whether the journal has an unfinished job. If not, no step is running, and an unreadable file is replaced.
    /// </param>
    /// <exception cref="UsageException">The file can't be read: a step may still be running.</exception>
    public void KillLeftovers(ChildReaper reaper, bool isJobUnderWay = true)
    {
        if (Read(isJobUnderWay) is not [string agent, string runId] || CgroupTree.IsAlive(agent))
        {
            return;
        }

        StepProcessTree tree = new(new RunId(runId), null, reaper);
        for (int i = 0; i < MaxPolls && tree.Kill() > 0; i++)
        {
            Thread.Sleep(KillPollMilliseconds);
        }

        Clear();
    }

    /// <summary>Why the agent refuses the file of a data directory, and the fix; null when it accepts it.</summary>
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
            // Usually the file of an agent that root once started by hand.
            return [];
        }
        catch (IOException e)
        {
            throw new UsageException(
                $"{e.Message}. The agent starts no step: the file names the step that an earlier agent may have left running");
        }
    }
}
