using EdgeJobs.PowerCut.Tests.Disk;
using EdgeJobs.PowerCut.Tests.Recording;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>Starts the recovery on states of the disk, and judges what it does. Not thread-safe: it uses one directory.</summary>
/// <param name="history">What happened before.</param>
/// <param name="directory">A directory for the disk, on a fast file system.</param>
internal sealed class RecoveryCheck(History history, string directory)
{
    private static readonly byte[] NextDocument = """
        {"version":"1.0","steps":[{"action":{"name":"next job","type":"runCommand","input":{"command":"true"}}}]}
        """u8.ToArray();

    private readonly string _thing = history.Executions[0].Claim.ThingName;

    /// <returns>What went wrong; null when nothing did.</returns>
    public string? FindFault(DiskImage image, int cut)
    {
        foreach (ServiceModel service in ServiceStates.At(history, cut))
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }

            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            image.WriteTo(directory);
            string before = string.Join(' ', service.Executions.Select(e => e.Status));
            if (FindFault(Path.Combine(directory, Recorder.DataDirectory), service, cut) is { } fault)
            {
                int known = Math.Max(0, service.Executions.ToList().FindIndex(e => e.Status.IsPending()) - 1);
                return $"{fault} [service: {string.Join(' ', before.Split(' ').Skip(known).Take(3))}]";
            }
        }

        return null;
    }

    private string? FindFault(string data, ServiceModel service, int cut)
    {
        JobExecutionStatus[] before = [.. service.Executions.Select(e => e.Status)];
        try
        {
            if (FindIdentityFault(data, cut) is { } identity)
            {
                return identity;
            }

            using RecoveredBoard board = new(data, service, _thing);
            board.Run();
            if (board.Fault is not null)
            {
                return board.Fault;
            }

            for (int i = 0; i < before.Length; i++)
            {
                if (FindFault(history.Executions[i], before[i], service.Executions[i], board, cut) is { } fault)
                {
                    return fault;
                }
            }

            return FindNextFault(board, service);
        }
        catch (UsageException e)
        {
            return $"refused: {e.Message}";
        }
    }

    /// <summary>A board that was provisioned keeps its certificate.</summary>
    private string? FindIdentityFault(string data, int cut)
    {
        IdentityStore store = new(data);
        IdentityState state = store.Load();
        string? certificate = state switch
        {
            IdentityState.Issued issued => issued.CertificateId,
            IdentityState.Registered registered => registered.CertificateId,
            IdentityState.Complete complete => complete.CertificateId,
            _ => null,
        };
        if (history.Identity.IssuedAt <= cut && certificate != history.CertificateId)
        {
            return $"lost: the certificate, found {state.GetType().Name}";
        }

        if (history.Identity.WorksAt <= cut && state is not IdentityState.Complete)
        {
            return $"lost: that the identity works, found {state.GetType().Name}";
        }

        // A complete identity has its files; before, they are written again.
        return state is IdentityState.Complete && (Differs(store.KeyFile) || Differs(store.CertificateFile))
            ? "lost: the key or the certificate of a complete identity"
            : null;

        bool Differs(string file) =>
            !File.Exists(file) || !File.ReadAllBytes(file).AsSpan().SequenceEqual(history.IdentityFiles[Path.GetFileName(file)]);
    }

    private static string? FindFault(
        Execution execution, JobExecutionStatus before, ServiceExecution after, RecoveredBoard board, int cut)
    {
        (int Index, int Attempt)[] begun = [.. board.Begun.Where(b => b.Word == execution.Word).Select(b => (b.Index, b.Attempt))];
        string steps = Expectation.Describe(begun);
        string what = $"{execution.Word}: it started [{steps}] and is {after.Status}";
        if (after.IsDeleted || !before.IsPending())
        {
            return begun.Length > 0 || after.Status != before ? $"doubled: {what}, although it was {before}" : null;
        }

        if (after.Status.IsPending())
        {
            return $"stuck: {what}";
        }

        foreach ((int index, int attempt) in begun)
        {
            if (execution.Begun.Exists(b => b.At <= cut && (b.Index > index || (b.Index == index && b.Attempt >= attempt))))
            {
                return $"doubled: {what}, step {index + 1} again";
            }
        }

        HashSet<Expectation> expected = Expectation.Of(execution, cut);
        return expected.Contains(new Expectation(steps, after.Status))
            ? null
            : $"lost: {what}, expected {string.Join(" or ", expected.Select(e => $"[{e.Steps}] and {e.Status}"))}";
    }

    private static string? FindNextFault(RecoveredBoard board, ServiceModel service)
    {
        JournalEntry.Claimed claim = new(new JobKey("next", 1), 2, 1, string.Empty, NextDocument) { StartedAt = 2 };
        ServiceExecution next = new(claim, new Execution(claim, 0).Plan);
        service.Add(next);
        board.Run();
        return board.Fault ?? (next.Status == JobExecutionStatus.Succeeded && board.Begun[^1] == ("next", 0, 1)
            ? null
            : $"stuck: the next job is {next.Status}");
    }
}
