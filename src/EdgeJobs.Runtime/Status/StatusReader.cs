using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Status;

/// <summary>Reads a data directory. The agent may write to it at the same time: incomplete files are skipped.</summary>
internal static class StatusReader
{
    /// <summary>Reads a data directory. Files that cannot be read are listed as faults.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be read.</exception>
    public static AgentStatus Read(string directory)
    {
        List<string> faults = [];

        // Root may read every agent's directory.
        uint owner = DiskEntry.Read(directory, out DiskEntry entry) == 0 ? entry.Owner : 0;
        uint user = Environment.IsPrivilegedProcess ? owner : Libc.EffectiveUser();
        if (ProtectedDirectory.FindFault(directory, user, out _) is { } fault)
        {
            faults.Add($"edgejobs run rejects the data directory: {fault}");
        }

        int before = faults.Count;
        JournalReading? journal = Try(() => JournalFile.Peek(directory), faults);
        bool isJournalKnown = faults.Count == before && journal is not { Fault: not null, State: null };
        return new AgentStatus(
            directory,
            AgentOf(directory),
            journal?.State is { } state ? CurrentOf(state) : null,
            journal?.Fault,
            JournalFile.DamagedFiles(directory),
            Try(() => Jobs(Path.Combine(directory, JobArchive.DirectoryName), faults), faults) ?? [],
            CertificateStatusFile.Read(directory),
            Try(() => ProvisionedIdentity.Of(new IdentityStore(directory).Load()), faults),
            isJournalKnown,
            faults)
        {
            Slots = Try(() => new AgentSlots(directory).Read(), faults),
        };
    }

    private static T? Try<T>(Func<T?> read, List<string> faults)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UsageException)
        {
            faults.Add(e.Message.ReplaceLineEndings(" "));
            return null;
        }
    }

    private static AgentProcess? AgentOf(string directory) =>
        DataDirectory.FindHolder(directory) is { } process ? new AgentProcess(process, AgentSockets.HasConnection(process)) : null;

    private static CurrentJob CurrentOf(JournalState state) => new(
        state.Claim.ThingName,
        state.Claim.Key.JobId,
        state.Claim.Key.ExecutionNumber,
        state.IsRunning ? state.Index + 1 : 0,
        state.Attempt,
        state.Results.Length,
        state.Outcome is { } outcome ? $"{outcome.Status.ToWireString()}: {outcome.Reason}" : null);

    private static List<KeptJob> Jobs(string archive, List<string> faults)
    {
        List<(long Order, KeptJob Job)> jobs = [];
        foreach (string directory in Directory.Exists(archive) ? Directory.GetDirectories(archive) : [])
        {
            if (DiskEntry.Read(directory, out DiskEntry entry) != 0
                || !entry.IsDirectory
                || Try(() => JobRecord.Read(directory), faults) is not { } record)
            {
                continue;
            }

            List<KeptStep> steps = [];
            foreach ((int number, IReadOnlyList<KeyValuePair<string, string>> members) in record.Steps)
            {
                steps.Add(new KeptStep(number, members));
            }

            jobs.Add((record.Number, new KeptJob(directory, Path.GetFileName(directory), record.Result, steps)));
        }

        jobs.Sort((a, b) => b.Order.CompareTo(a.Order));
        return jobs.ConvertAll(j => j.Job);
    }
}
