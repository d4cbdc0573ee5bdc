using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// Encodes entries: a kind byte, then the fields. Numbers are 8 bytes, little-endian; texts are a length and UTF-8. Texts are truncated to
/// the part that a report can use, so that no entry is longer than <see cref="JournalFormat.MaxRecord"/>.
/// </summary>
internal static class JournalCodec
{
    /// <summary>The maximum length of a text: a report shows 1,024 characters, after control sequences and secrets are removed.</summary>
    public const int MaxText = 4096;

    /// <summary>The maximum number of details of a result or an outcome: a report has 10.</summary>
    public const int MaxDetails = 16;

    /// <summary>The maximum length of a detail's value: a report shows 1,024 characters.</summary>
    public const int MaxDetail = 2048;

    /// <summary>The maximum number of steps: the shortest one has 60 characters, and a message has at most 136 KB.</summary>
    public const int MaxSteps = 4096;

    private const int MaxDetailName = 128;
    private const byte Claimed = 1;
    private const byte AttemptStarted = 2;
    private const byte AttemptFailed = 3;
    private const byte StepEnded = 4;
    private const byte OutcomeDecided = 5;
    private const byte Closed = 6;

    /// <summary><see cref="Claimed"/> with the start time before its fields; earlier versions do not write it.</summary>
    private const byte ClaimedStarted = 7;

    /// <summary><see cref="StepEnded"/> with the limit that ended the step before its fields; earlier versions do not write it.</summary>
    private const byte StepEndedByLimit = 8;

    public static void Write(IBufferWriter<byte> output, JournalEntry entry)
    {
        switch (entry)
        {
            case JournalEntry.Pair pair:
                Write(output, pair.First);
                Write(output, pair.Second);
                break;
            case JournalEntry.Claimed claimed:
                Kind(output, ClaimedStarted);
                Number(output, claimed.StartedAt);
                Text(output, claimed.Key.JobId);
                Number(output, claimed.Key.ExecutionNumber);
                Number(output, claimed.Version);
                Number(output, claimed.QueuedAt);
                Text(output, claimed.ThingName);
                Bytes(output, claimed.Document.Span);
                break;
            case JournalEntry.AttemptStarted started:
                Kind(output, AttemptStarted);
                Number(output, started.Index);
                Number(output, started.Attempt);
                break;
            case JournalEntry.AttemptFailed failed:
                Kind(output, AttemptFailed);
                Number(output, failed.Index);
                Number(output, failed.Failures);
                break;
            case JournalEntry.StepEnded ended:
                Kind(output, ended.Result.Limit.Length == 0 ? StepEnded : StepEndedByLimit);
                if (ended.Result.Limit.Length > 0)
                {
                    Text(output, ended.Result.Limit);
                }

                Number(output, ended.Index);
                Result(output, ended.Result);
                Text(output, ended.Note);
                break;
            case JournalEntry.OutcomeDecided { Outcome: var outcome }:
                Kind(output, OutcomeDecided);
                Number(output, (long)outcome.Status);
                Text(output, outcome.Reason);
                Details(output, outcome.Details);
                break;
            default:
                Kind(output, Closed);
                break;
        }
    }

    /// <summary>Reads an entry; false if the bytes are not an entry.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out JournalEntry entry)
    {
        Cursor from = new(bytes);
        JournalEntry? read = Read(ref from);
        while (read is not null && !from.HasFailed && !from.IsAtEnd)
        {
            read = Read(ref from) is { } next ? new JournalEntry.Pair(read, next) : null;
        }

        entry = read ?? new JournalEntry.Reserve();
        return read is not null && from.IsAtEnd;
    }

    private static JournalEntry? Read(ref Cursor from)
    {
        return from.Byte() switch
        {
            Claimed => ReadClaimed(ref from, startedAt: 0),
            ClaimedStarted => ReadClaimed(ref from, startedAt: from.Number()),
            AttemptStarted => new JournalEntry.AttemptStarted(from.Count(MaxSteps), from.Count()),
            AttemptFailed => new JournalEntry.AttemptFailed(from.Count(MaxSteps), from.Count()),
            StepEnded => ReadEnded(ref from, limit: string.Empty),
            StepEndedByLimit => ReadEnded(ref from, limit: from.Text()),
            OutcomeDecided => ReadDecided(new Outcome((JobExecutionUpdateStatus)from.Count(), from.Text(), Details(ref from))),
            Closed => new JournalEntry.Closed(),
            _ => null,
        };
    }

    /// <summary>The names in the file become topics and paths: only names that the service can assign are valid.</summary>
    private static JournalEntry.Claimed? ReadClaimed(ref Cursor from, long startedAt)
    {
        JobKey key = new(from.Text(), from.Number());
        JournalEntry.Claimed claimed = new(key, from.Number(), from.Number(), from.Text(), from.Bytes().ToArray())
        {
            StartedAt = startedAt,
        };
        return JobsTopics.IsJobIdOfUpdateJobExecution(claimed.Key.JobId) && JobsTopics.IsThingName(claimed.ThingName) ? claimed : null;
    }

    private static JournalEntry.StepEnded ReadEnded(ref Cursor from, string limit) =>
        new(from.Count(MaxSteps), Result(ref from) with { Limit = limit }, from.Text());

    private static JournalEntry.OutcomeDecided? ReadDecided(Outcome outcome) =>
        outcome.Status is JobExecutionUpdateStatus.Succeeded or JobExecutionUpdateStatus.Failed or JobExecutionUpdateStatus.Rejected
            ? new JournalEntry.OutcomeDecided(outcome)
            : null;

    private static void Result(IBufferWriter<byte> output, StepResult result)
    {
        Number(output, (long)result.End);
        Number(output, result.Code);
        Text(output, result.Fault);
        Number(output, result.WasCanceled ? 1 : 0);
        Number(output, result.TimedOutAfter?.Ticks ?? -1);
        Number(output, result.Duration.Ticks);
        Number(output, result.Survivors);
        Text(output, result.StdOut);
        Text(output, result.StdErr);
        Number(output, result.StdErrLines);
        Details(output, result.Details);
    }

    private static StepResult Result(ref Cursor from) => new()
    {
        End = (StepEnd)from.Count((int)StepEnd.NotStarted),
        Code = from.Count(),
        Fault = from.Text(),
        WasCanceled = from.Number() != 0,
        TimedOutAfter = from.Number() is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null,
        Duration = TimeSpan.FromTicks(from.Number()),
        Survivors = from.Count(),
        StdOut = from.Text(),
        StdErr = from.Text(),
        StdErrLines = from.Number(),
        Details = Details(ref from),
    };

    private static void Details(IBufferWriter<byte> output, ValueMap<string> details)
    {
        ReadOnlySpan<KeyValuePair<string, string>> kept = details.AsSpan();
        kept = kept[..Math.Min(kept.Length, MaxDetails)];
        Number(output, kept.Length);
        foreach ((string name, string value) in kept)
        {
            Text(output, name, MaxDetailName);
            Text(output, value, MaxDetail);
        }
    }

    private static ValueMap<string> Details(ref Cursor from)
    {
        int count = from.Count(MaxDetails);
        List<KeyValuePair<string, string>> details = [];
        for (int i = 0; i < count && !from.HasFailed; i++)
        {
            details.Add(new KeyValuePair<string, string>(from.Text(), from.Text()));
        }

        return new ValueMap<string>([.. details]);
    }

    private static void Kind(IBufferWriter<byte> output, byte kind)
    {
        output.GetSpan(1)[0] = kind;
        output.Advance(1);
    }

    private static void Number(IBufferWriter<byte> output, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), number);
        output.Advance(sizeof(long));
    }

    private static void Text(IBufferWriter<byte> output, string text, int most = MaxText)
    {
        ReadOnlySpan<char> kept = text;
        if (kept.Length > most)
        {
            kept = kept[..(char.IsHighSurrogate(kept[most - 1]) ? most - 1 : most)];
        }

        Number(output, Encoding.UTF8.GetByteCount(kept));
        Encoding.UTF8.GetBytes(kept, output);
    }

    private static void Bytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        Number(output, bytes.Length);
        output.Write(bytes);
    }

    /// <summary>Reads fields; a missing one reads as zero or empty and sets <see cref="HasFailed"/>.</summary>
    private ref struct Cursor(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public bool HasFailed { get; private set; }

        public readonly bool IsAtEnd => !HasFailed && _rest.IsEmpty;

        public byte Byte() => Take(1) is [var one] ? one : (byte)0;

        public long Number() => Take(sizeof(long)) is { Length: sizeof(long) } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

        public int Count(int most = int.MaxValue)
        {
            long number = Number();
            HasFailed |= number < 0 || number > most;
            return HasFailed ? 0 : (int)number;
        }

        public ReadOnlySpan<byte> Bytes() => Take(Count());

        public string Text() => Encoding.UTF8.GetString(Bytes());

        private ReadOnlySpan<byte> Take(int count)
        {
            if (HasFailed || count > _rest.Length)
            {
                HasFailed = true;
                return default;
            }

            ReadOnlySpan<byte> taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }
    }
}
