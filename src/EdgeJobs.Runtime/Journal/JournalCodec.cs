using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// Entries as bytes: a kind, then its fields; numbers of 8 bytes little-endian, texts as length and UTF-8. Texts are cut to what a report can
/// use of them, so that no entry is longer than <see cref="JournalFormat.MaxRecord"/>.
/// </summary>
internal static class JournalCodec
{
    /// <summary>The most characters of a text: a report shows 1,024 of what is left of it without control sequences and secrets.</summary>
    public const int MaxText = 4096;

    /// <summary>The most pairs of a result's or an outcome's details: a report has 10.</summary>
    public const int MaxDetails = 16;

    /// <summary>The most characters of a detail's value: a report shows 1,024.</summary>
    public const int MaxDetail = 2048;

    /// <summary>The most steps: the shortest one has 60 characters, and a message of 136 KB holds no more.</summary>
    public const int MaxSteps = 4096;

    private const int MaxDetailName = 128;
    private const byte Taken = 1;
    private const byte Began = 2;
    private const byte AttemptFailed = 3;
    private const byte Ended = 4;
    private const byte Decided = 5;
    private const byte Closed = 6;

    /// <summary>What versions before this one do not write: <see cref="Taken"/> with the time of the start before its fields.</summary>
    private const byte TakenStarted = 7;

    /// <summary>What versions before this one do not write: <see cref="Ended"/> with the limit that ended the step before its fields.</summary>
    private const byte EndedByLimit = 8;

    /// <summary>Writes an entry.</summary>
    public static void Write(IBufferWriter<byte> output, JournalEntry entry)
    {
        switch (entry)
        {
            case JournalEntry.Both both:
                Write(output, both.First);
                Write(output, both.Second);
                break;
            case JournalEntry.Taken taken:
                Kind(output, TakenStarted);
                Number(output, taken.StartedAt);
                Text(output, taken.Key.JobId);
                Number(output, taken.Key.ExecutionNumber);
                Number(output, taken.Version);
                Number(output, taken.QueuedAt);
                Text(output, taken.ThingName);
                Bytes(output, taken.Document.Span);
                break;
            case JournalEntry.Began began:
                Kind(output, Began);
                Number(output, began.Index);
                Number(output, began.Attempt);
                break;
            case JournalEntry.AttemptFailed failed:
                Kind(output, AttemptFailed);
                Number(output, failed.Index);
                Number(output, failed.Failures);
                break;
            case JournalEntry.Ended ended:
                Kind(output, ended.Result.Limit.Length == 0 ? Ended : EndedByLimit);
                if (ended.Result.Limit.Length > 0)
                {
                    Text(output, ended.Result.Limit);
                }

                Number(output, ended.Index);
                Result(output, ended.Result);
                Text(output, ended.Note);
                break;
            case JournalEntry.Decided { Outcome: var outcome }:
                Kind(output, Decided);
                Number(output, (long)outcome.Status);
                Text(output, outcome.Reason);
                Details(output, outcome.Details);
                break;
            default:
                Kind(output, Closed);
                break;
        }
    }

    /// <summary>Reads an entry; false when the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out JournalEntry entry)
    {
        Cursor from = new(bytes);
        JournalEntry? read = Read(ref from);
        while (read is not null && !from.HasFailed && !from.IsAtEnd)
        {
            read = Read(ref from) is { } next ? new JournalEntry.Both(read, next) : null;
        }

        entry = read ?? new JournalEntry.Reserve();
        return read is not null && from.IsAtEnd;
    }

    private static JournalEntry? Read(ref Cursor from)
    {
        return from.Byte() switch
        {
            Taken => ReadTaken(ref from, startedAt: 0),
            TakenStarted => ReadTaken(ref from, startedAt: from.Number()),
            Began => new JournalEntry.Began(from.Count(MaxSteps), from.Count()),
            AttemptFailed => new JournalEntry.AttemptFailed(from.Count(MaxSteps), from.Count()),
            Ended => ReadEnded(ref from, limit: string.Empty),
            EndedByLimit => ReadEnded(ref from, limit: from.Text()),
            Decided => Final(new JournalEntry.Decided(new Outcome((JobExecutionUpdateStatus)from.Count(), from.Text(), Details(ref from)))),
            Closed => new JournalEntry.Closed(),
            _ => null,
        };
    }

    /// <summary>What is in the file becomes topics and paths: only names that the service can have given are taken from it.</summary>
    private static JournalEntry.Taken? ReadTaken(ref Cursor from, long startedAt)
    {
        JournalEntry.Taken taken = new(new JobKey(from.Text(), from.Number()), from.Number(), from.Number(), from.Text(), from.Bytes().ToArray()) { StartedAt = startedAt };
        return JobsTopics.IsJobIdOfUpdateJobExecution(taken.Key.JobId) && JobsTopics.IsThingName(taken.ThingName) ? taken : null;
    }

    private static JournalEntry.Ended ReadEnded(ref Cursor from, string limit) => new(from.Count(MaxSteps), Result(ref from) with { Limit = limit }, from.Text());

    private static JournalEntry.Decided? Final(JournalEntry.Decided decided) =>
        decided.Outcome.Status is JobExecutionUpdateStatus.Succeeded or JobExecutionUpdateStatus.Failed or JobExecutionUpdateStatus.Rejected ? decided : null;

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

    /// <summary>Takes fields off the bytes; what is missing reads as nothing, and is noted.</summary>
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
