using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Provisioning;

namespace EdgeJobs.Runtime.Status;

/// <summary>Reads what a data directory shows. The agent may write to it at the same time: what is half there is passed over.</summary>
internal static class StatusReader
{
    /// <summary>Reads a data directory.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be read.</exception>
    public static AgentStatus Read(string directory)
    {
        JournalReading? journal = JournalFile.Peek(directory);
        return new AgentStatus(
            directory,
            AgentOf(directory),
            journal?.State is { } state ? CurrentOf(state) : null,
            journal?.Fault,
            JournalFile.DamagedFiles(directory),
            Jobs(Path.Combine(directory, JobArchive.DirectoryName)),
            CertificateNote.Read(directory),
            ProvisionedIdentity.Of(new IdentityStore(directory).Load()));
    }

    private static AgentProcess? AgentOf(string directory) =>
        DataDirectory.FindHolder(directory) is { } process ? new AgentProcess(process, AgentSockets.HasConnection(process)) : null;

    private static CurrentJob CurrentOf(JournalState state) => new(
        state.Taken.ThingName,
        state.Taken.Key.JobId,
        state.Taken.Key.ExecutionNumber,
        state.IsRunning ? state.Index + 1 : 0,
        state.Attempt,
        state.Results.Length,
        state.Outcome is { } outcome ? $"{outcome.Status.ToWireString()}: {outcome.Reason}" : null);

    private static List<KeptJob> Jobs(string archive)
    {
        List<(long Order, KeptJob Job)> jobs = [];
        foreach (string directory in Directory.Exists(archive) ? Directory.GetDirectories(archive) : [])
        {
            JobRecord record = JobRecord.Read(directory);
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
