using System.Text.RegularExpressions;
using EdgeJobs.PowerCut.Tests.Disk;
using EdgeJobs.PowerCut.Tests.Recording;
using EdgeJobs.PowerCut.Tests.Tracing;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>What a recording says about executions and the identity of the board.</summary>
internal sealed partial class History
{
    private readonly List<Execution> _executions = [];
    private readonly List<int> _compactions = [];
    private bool _isClosing;

    public History(IReadOnlyList<TraceEvent> events)
    {
        for (int at = 0; at < events.Count; at++)
        {
            switch (events[at])
            {
                case TraceEvent.OnDisk { Call: DiskCall.Write { Path: Recorder.DataDirectory + "/" + JournalFile.Name } write }:
                    Note(at, write.Bytes);
                    break;
                case TraceEvent.OnDisk { Call: DiskCall.Write write } when write.Path.Contains("/identity/", StringComparison.Ordinal):
                    IdentityFiles[Path.GetFileNameWithoutExtension(write.Path)] = write.Bytes;
                    break;
                case TraceEvent.OnDisk { Call: DiskCall.Write { Path: Recorder.DataDirectory + "/journal.new" } write }:
                    if (write.Bytes.Length > JournalFormat.Mark.Length)
                    {
                        _compactions.Add(at);
                    }

                    break;
                case TraceEvent.OnDisk { Call: DiskCall.Flush { Path: Recorder.DataDirectory + "/" + JournalFile.Name } } when _isClosing:
                    _executions[^1].ClosedAt = at;
                    _isClosing = false;
                    Turns.Add(at);
                    break;
                case TraceEvent.StepBegan began:
                    Execution execution = _executions.FindLast(e => e.Claim.Key.JobId == began.JobId)!;
                    execution.Begun.Add((at, began.Number - 1, began.Attempt));
                    See(execution, at);
                    break;
                case TraceEvent.Logged logged:
                    Note(at, logged.Line);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The executions, in the order in which the agent took them.</summary>
    public IReadOnlyList<Execution> Executions => _executions;

    /// <summary>The positions after which the verdict on a state may be another one.</summary>
    public HashSet<int> Turns { get; } = [];

    /// <summary>When the service had issued the certificate, and when the identity worked.</summary>
    public (int IssuedAt, int WorksAt) Identity { get; private set; } = (int.MaxValue, int.MaxValue);

    public string CertificateId { get; private set; } = string.Empty;

    /// <summary>What the files of the identity contain in the end, by their names.</summary>
    public Dictionary<string, byte[]> IdentityFiles { get; } = [];

    /// <summary>
    /// Whether the execution of a cut is like an earlier one: it only makes the journal longer, and the journal is not compacted in it.
    /// </summary>
    public bool IsRepetition(int cut)
    {
        int current = _executions.FindLastIndex(e => e.ClaimedAt <= cut);
        if (current < 1 || Kind(current) != Kind(current - 1) || Kind(current) != Recorder.Large)
        {
            return false;
        }

        int next = current + 1 < _executions.Count ? _executions[current + 1].ClaimedAt : int.MaxValue;
        return !_compactions.Exists(at => at >= _executions[current - 1].ClaimedAt && at <= next);

        string Kind(int execution) => _executions[execution].Word.Split('-')[0];
    }

    private void Note(int at, byte[] bytes)
    {
        if (!JournalCodec.TryRead(bytes.AsSpan(JournalFormat.RecordHeader), out JournalEntry entry))
        {
            throw new InvalidDataException($"not one record of a journal: {Convert.ToHexString(bytes)}");
        }

        if (entry.Claim is { } claim)
        {
            _executions.Add(new Execution(claim, at));
        }

        _isClosing = entry is JournalEntry.Closed;
        if (!_isClosing)
        {
            _executions[^1].Entries.Add((at, entry));
            Turns.Add(at);
        }
    }

    private void Note(int at, string line)
    {
        if (CertificateIssued().Match(line) is { Success: true } issued)
        {
            CertificateId = issued.Groups[1].Value;
            Identity = (at, int.MaxValue);
            Turns.Add(at);
        }
        else if (line.Contains(" the identity works: ", StringComparison.Ordinal))
        {
            Identity = (Identity.IssuedAt, at);
            Turns.Add(at);
        }
        else if (OfJob().Match(line) is { Success: true } match
            && _executions.FindLast(e => e.Claim.Key.JobId == match.Groups[1].Value) is { } execution)
        {
            Note(at, execution, match.Groups[2].Value);
        }
    }

    private void Note(int at, Execution execution, string text)
    {
        if (text.StartsWith("reporting ", StringComparison.Ordinal))
        {
            execution.Reports.Add(at);
            if (!text.StartsWith("reporting IN_PROGRESS", StringComparison.Ordinal))
            {
                execution.ToldAt = Math.Min(execution.ToldAt, at);
            }
        }
        else if (text.StartsWith("SUCCEEDED: ", StringComparison.Ordinal) || text.StartsWith("FAILED: ", StringComparison.Ordinal))
        {
            execution.AcknowledgedAt = at;
        }
        else if (text.StartsWith("is no longer assigned ", StringComparison.Ordinal))
        {
            execution.LostAt = at;
            execution.WasReplaced = text.Contains("ResourceNotFound", StringComparison.Ordinal)
                || text.Contains("another execution of the same name", StringComparison.Ordinal);
        }
        else if (!text.Contains("; next attempt in ", StringComparison.Ordinal))
        {
            // Lines about a step come before its record.
            return;
        }

        See(execution, at);
    }

    private void See(Execution execution, int at)
    {
        execution.Seen.Add(at);
        Turns.Add(at);
    }

    [GeneratedRegex(" the service issued the certificate ([0-9a-f]+)$")]
    private static partial Regex CertificateIssued();

    [GeneratedRegex("^[^ ]+ +[a-z]+ +job ([a-zA-Z0-9_-]+)(?: execution [0-9]+)? (.*)$")]
    private static partial Regex OfJob();
}
