using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>Collects the new state and the commands that an event leads to. Reusable, so that an event allocates no list.</summary>
internal sealed class TransitionBuilder
{
    private readonly List<JobCommand> _commands = [];

    public JobState State { get; set; }

    public IReadOnlyList<JobCommand> Commands => _commands;

    /// <summary>The active execution; only valid if there is one.</summary>
    public ActiveJob Job
    {
        get => State.Job ?? throw new InvalidOperationException("no job is active");
        set => State = State with { Job = value };
    }

    /// <summary>Starts a transition: from a state, without commands.</summary>
    public void Begin(in JobState state)
    {
        _commands.Clear();
        State = state;
    }

    /// <summary>An id that was never issued before.</summary>
    public long NewId()
    {
        State = State with { LastId = State.LastId + 1 };
        return State.LastId;
    }

    public void Do(JobCommand command) => _commands.Add(command);

    public void Log(Notice notice, JobKey key, string text) => Do(new JobCommand.Log(notice, key, text));

    /// <summary>Writes to the journal. The event of the write leads to what follows from the entry.</summary>
    public void Write(JournalEntry entry)
    {
        long id = NewId();
        Job = Job with { Writing = entry, WriteId = id, WriteTimer = 0 };
        Do(new JobCommand.Journal(id, entry));
    }

    public void Exit(int code, string? fault = null)
    {
        State = State with { HasExited = true };
        Do(new JobCommand.Exit(code, fault));
    }
}
