namespace EdgeJobs.Runtime.Journal;

/// <summary>Stores the entries of the state machine.</summary>
internal interface IJournal
{
    /// <summary>Writes an entry so that it survives a power cut.</summary>
    /// <returns>Null, or why the entry could not be written and how to fix that. The journal is unchanged then.</returns>
    string? Write(JournalEntry entry);

    /// <summary>Does the work that <see cref="Write"/> left for an idle moment: removes an execution that is closed.</summary>
    /// <returns>Null, or why that failed and how to fix it.</returns>
    string? Settle();
}
