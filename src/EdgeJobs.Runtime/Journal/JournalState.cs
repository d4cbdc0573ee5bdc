using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Journal;

/// <summary>What a journal says: the execution that was taken on, and how far it has come.</summary>
internal readonly record struct JournalState
{
    /// <summary>An execution that was taken on, and no more.</summary>
    public JournalState()
    {
    }

    public required JournalEntry.Taken Taken { get; init; }

    /// <summary>The steps that are over, in order; null for those that were passed over.</summary>
    public ImmutableArray<StepResult?> Results { get; init; } = [];

    /// <summary>Whether an attempt at the step after those has begun and not ended.</summary>
    public bool IsRunning { get; init; }

    /// <summary>The step of the attempt that began last, from 0.</summary>
    public int Index { get; init; }

    /// <summary>How many attempts at that step have begun.</summary>
    public int Attempt { get; init; }

    /// <summary>How many of them have failed.</summary>
    public int Failures { get; init; }

    /// <summary>What the outcome has to say beside.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>How it ended; null as long as it runs.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>What the journal says after one more entry; null when no execution is under way.</summary>
    /// <exception cref="InvalidDataException">The entry can't follow.</exception>
    public static JournalState? After(JournalState? state, JournalEntry entry) => entry switch
    {
        JournalEntry.Reserve => state,
        JournalEntry.Closed => null,
        JournalEntry.Taken taken => new JournalState { Taken = taken },
        JournalEntry.Both both => After(After(state, both.First), both.Second),
        _ => After(state ?? throw new InvalidDataException("a record of an execution that was not taken on"), entry),
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
        JournalEntry.Began began when began.Index >= state.Results.Length && state.Outcome is null => state with
        {
            Index = began.Index,
            Attempt = began.Attempt,
            Failures = began.Index == state.Index ? state.Failures : 0,
            IsRunning = true,
        },
        JournalEntry.AttemptFailed failed when failed.Index == state.Index && state.IsRunning =>
            state with { Failures = failed.Failures, IsRunning = false },
        JournalEntry.Ended ended when ended.Index >= state.Results.Length && state.Outcome is null => state with
        {
            Results = WithResult(state.Results, ended.Index, ended.Result),
            Note = ended.Note,
            IsRunning = false,
            Index = ended.Index + 1,
            Attempt = 0,
            Failures = 0,
        },
        JournalEntry.Decided decided => state with { Outcome = decided.Outcome, IsRunning = false },
        _ => throw new InvalidDataException("a record that can't follow the one before it"),
    };

    /// <summary>The fewest entries that say the same.</summary>
    public IEnumerable<JournalEntry> Entries()
    {
        yield return Taken;
        for (int i = 0; i < Results.Length; i++)
        {
            if (Results[i] is { } result)
            {
                yield return new JournalEntry.Ended(i, result, Note);
            }
        }

        if (Attempt > 0)
        {
            yield return new JournalEntry.Began(Index, Attempt);
            if (Failures > 0)
            {
                yield return new JournalEntry.AttemptFailed(Index, Failures);
                if (IsRunning)
                {
                    yield return new JournalEntry.Began(Index, Attempt);
                }
            }
        }

        if (Outcome is not null)
        {
            yield return new JournalEntry.Decided(Outcome);
        }
    }
}
