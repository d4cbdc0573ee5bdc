namespace EdgeJobs.Runtime.Journal;

/// <summary>Where the state machine's records go.</summary>
internal interface IJournal
{
    /// <summary>Writes an entry so that it survives a power cut.</summary>
    /// <returns>Null, or why it could not be written and how to mend that. Then the journal says what it said before.</returns>
    string? Write(JournalEntry entry);

    /// <summary>Does what an entry has left for a moment of quiet: removes an execution that is over.</summary>
    /// <returns>As <see cref="Write"/>.</returns>
    string? Settle();
}
