using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// The execution that the agent works on, and its progress: the result of the journal's entries, live and after a restart.
/// </summary>
internal readonly record struct JournalState
{
    public JournalState()
    {
    }

    public required JournalEntry.Claimed Claim { get; init; }

    /// <summary>The results of the ended steps, in order; null for skipped ones.</summary>
    public ImmutableArray<StepResult?> Results { get; init; } = [];

    /// <summary>An attempt at the next step has started and not ended.</summary>
    public bool IsRunning { get; init; }

    /// <summary>The step of the last attempt, from 0.</summary>
    public int Index { get; init; }

    /// <summary>How many attempts at that step have started.</summary>
    public int Attempt { get; init; }

    /// <summary>How many of them have failed.</summary>
    public int Failures { get; init; }

    /// <summary>What the outcome says in addition.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>Null while it runs.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>The state after another entry; null if no execution is in progress.</summary>
    /// <exception cref="InvalidDataException">The entry can't follow.</exception>
    public static JournalState? After(JournalState? state, JournalEntry entry) => entry switch
    {
        JournalEntry.Reserve => state,
        JournalEntry.Closed => null,
        JournalEntry.Claimed claim => new JournalState { Claim = claim },
        JournalEntry.Pair pair => After(After(state, pair.First), pair.Second),
        _ => After(state ?? throw new InvalidDataException("a record of an execution that was not claimed"), entry),
    };

    /// <summary>The results with one more; the steps between were skipped.</summary>
    private static ImmutableArray<StepResult?> WithResult(ImmutableArray<StepResult?> results, int index, StepResult result)
    {
        StepResult?[] all = new StepResult?[index + 1];
        results.CopyTo(all);
        all[index] = result;
        return ImmutableCollectionsMarshal.AsImmutableArray(all);
    }

    private static JournalState After(in JournalState state, JournalEntry entry) => entry switch
    {
        JournalEntry.AttemptStarted started when started.Index >= state.Results.Length && state.Outcome is null => state with
        {
            Index = started.Index,
            Attempt = started.Attempt,
            Failures = started.Index == state.Index ? state.Failures : 0,
            IsRunning = true,
        },
        JournalEntry.AttemptFailed failed when failed.Index == state.Index && state.IsRunning =>
            state with { Failures = failed.Failures, IsRunning = false },
        JournalEntry.StepEnded ended when ended.Index >= state.Results.Length && state.Outcome is null => state with
        {
            Results = WithResult(state.Results, ended.Index, ended.Result),
            Note = ended.Note,
            IsRunning = false,
            Index = ended.Index + 1,
            Attempt = 0,
            Failures = 0,
        },
        JournalEntry.OutcomeDecided decided => state with { Outcome = decided.Outcome, IsRunning = false },
        _ => throw new InvalidDataException("a record that can't follow the one before it"),
    };

    /// <summary>The shortest list of entries that lead to this state.</summary>
    public IEnumerable<JournalEntry> Entries()
    {
        yield return Claim;
        for (int i = 0; i < Results.Length; i++)
        {
            if (Results[i] is { } result)
            {
                yield return new JournalEntry.StepEnded(i, result, Note);
            }
        }

        if (Attempt > 0)
        {
            yield return new JournalEntry.AttemptStarted(Index, Attempt);
            if (Failures > 0)
            {
                yield return new JournalEntry.AttemptFailed(Index, Failures);
                if (IsRunning)
                {
                    yield return new JournalEntry.AttemptStarted(Index, Attempt);
                }
            }
        }

        if (Outcome is not null)
        {
            yield return new JournalEntry.OutcomeDecided(Outcome);
        }
    }
}
