using System.Text.Unicode;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The run id of the step that runs, in a file: an agent that was killed leaves its step running, and the next one ends it
/// before it runs a step itself. Where steps have cgroups these tell it already, also of processes without environment.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="owner">This process.</param>
internal sealed class RunningStepFile(string path, string owner)
{
    private const int KillPollMilliseconds = 10;
    private const int MaxPolls = 500;
    private const int MaxBytes = 256;

    /// <summary>A step is about to start. A file that can't be written disturbs no step.</summary>
    public void Write(string runId)
    {
        try
        {
            Span<byte> text = stackalloc byte[MaxBytes];
            if (Utf8.TryWrite(text, $"{owner} {runId}\n", out int length))
            {
                SmallFile.Write(path, text[..length]);
            }
        }
        catch (IOException)
        {
            // The disk is full or read-only; whether jobs may start at all then is not decided here.
        }
    }

    /// <summary>It has ended.</summary>
    public void Remove()
    {
        // When it can't be: its run id is never used again.
        _ = SmallFile.TryDelete(string.Empty, path);
    }

    /// <summary>Ends what a step of an agent that no longer runs has left.</summary>
    public void EndForsaken(OrphanKeeper orphans)
    {
        if (Read() is not [string forsaken, string runId] || CgroupTree.IsAlive(forsaken))
        {
            return;
        }

        StepFamily family = new(runId, null, orphans);
        for (int i = 0; i < MaxPolls && family.Kill() > 0; i++)
        {
            Thread.Sleep(KillPollMilliseconds);
        }

        Remove();
    }

    private string[] Read()
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).TrimEnd().Split(' ') : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
