using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>
/// A job execution of the recording: what the agent wrote about it, and what others saw. Times are positions in the recording.
/// </summary>
internal sealed class Execution(JournalEntry.Claimed claim, int claimedAt)
{
    public JournalEntry.Claimed Claim { get; } = claim;

    /// <summary>When the agent wrote that it has it.</summary>
    public int ClaimedAt { get; } = claimedAt;

    public JobPlan Plan { get; } = JobDocumentReader.BuiltIn.Read(claim.Document).Plan!;

    /// <summary>The first word of its steps' names: no other execution has it, even if its job has the same id.</summary>
    public string Word => WordOf(Plan.Steps[0]);

    /// <summary>The entries that the agent wrote, and when.</summary>
    public List<(int At, JournalEntry Entry)> Entries { get; } = [];

    /// <summary>The attempts that began, and when.</summary>
    public List<(int At, int Index, int Attempt)> Begun { get; } = [];

    /// <summary>When others saw something of it: a step, a report, a log line.</summary>
    public List<int> Seen { get; } = [];

    /// <summary>How often it was reported, and when.</summary>
    public List<int> Reports { get; } = [];

    /// <summary>When its outcome was announced; int.MaxValue for never.</summary>
    public int ToldAt { get; set; } = int.MaxValue;

    /// <summary>When the service had acknowledged its outcome; int.MaxValue for never.</summary>
    public int AcknowledgedAt { get; set; } = int.MaxValue;

    /// <summary>When the agent knew that the service had ended or replaced it; int.MaxValue for never.</summary>
    public int LostAt { get; set; } = int.MaxValue;

    /// <summary>When the record of its end was flushed, as it must be before the agent asks for one of the same name.</summary>
    public int ClosedAt { get; set; } = int.MaxValue;

    /// <summary>Whether the service had ended it, or had another execution of the same name.</summary>
    public bool WasReplaced { get; set; }

    public Outcome? Outcome =>
        Entries.Select(e => e.Entry.Last).OfType<JournalEntry.OutcomeDecided>().Select(e => e.Outcome).LastOrDefault();

    public static string WordOf(StepPlan step) => step.Name[..step.Name.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>The number of entries that were written before the last thing that others saw: these must not be lost.</summary>
    public int CountTold(int cut)
    {
        int seen = Seen.LastOrDefault(at => at <= cut, -1);
        return Entries.Count(e => e.At < seen);
    }

    public int CountWritten(int cut) => Entries.Count(e => e.At <= cut);

    /// <summary>The state of the journal after its first entries; null before the first.</summary>
    public JournalState? StateAfter(int entries)
    {
        JournalState? state = null;
        for (int i = 0; i < entries; i++)
        {
            state = JournalState.After(state, Entries[i].Entry);
        }

        return state;
    }
}
