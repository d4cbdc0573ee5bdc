using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// The format of the journal: a mark of 16 bytes, then records. A record is a length (4 bytes, little-endian), a CRC-32C of the length and
/// the payload (4 bytes), and the payload. Each record is flushed before the next one is written, so that a power cut can only tear the
/// last one. A bad record followed by a valid one means that the file is damaged.
/// </summary>
internal static class JournalFormat
{
    /// <summary>
    /// The maximum length of a record: a document comes in a message of at most 136 KB, and <see cref="JournalCodec"/> truncates texts.
    /// </summary>
    public const int MaxRecord = 256 * 1024;

    /// <summary>
    /// The maximum length of a journal: all steps with the longest texts, twice, because the file may grow to double its size.
    /// </summary>
    public const long MaxFile = 320 * 1024 * 1024;

    private const int VersionDigits = 4;
    private const string NoMark = "it does not start with the mark of a journal";

    /// <summary>The length of what precedes each payload.</summary>
    public const int RecordHeader = 8;

    /// <summary>The first bytes of each journal; the last four are the version of the format.</summary>
    public static ReadOnlySpan<byte> Mark => "EDGEJOBS-JNL0001"u8;

    /// <summary>The version of the format that this agent reads and writes.</summary>
    public static string Version => Encoding.ASCII.GetString(Mark[^VersionDigits..]);

    /// <summary>The version of a journal's format; null if the bytes do not start with the mark.</summary>
    public static string? VersionOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Mark[..^VersionDigits])
        && bytes.Length >= Mark.Length
        && bytes[(Mark.Length - VersionDigits)..Mark.Length] is var digits
        && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? Encoding.ASCII.GetString(digits)
            : null;

    /// <summary>Appends a record.</summary>
    /// <returns>
    /// Its length without the header. A record longer than <see cref="MaxRecord"/> can't be read and must not be written.
    /// </returns>
    public static int Append(ArrayBufferWriter<byte> output, JournalEntry entry)
    {
        int start = output.WrittenCount;
        output.GetSpan(RecordHeader);
        output.Advance(RecordHeader);
        JournalCodec.Write(output, entry);

        // The written bytes are the writer's own memory: fill in the header now that the record is complete.
        Span<byte> record = MemoryMarshal.AsMemory(output.WrittenMemory).Span[start..];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - RecordHeader);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[RecordHeader..]));
        return record.Length - RecordHeader;
    }

    /// <summary>A complete journal with this state.</summary>
    public static ArrayBufferWriter<byte> WriteAll(JournalState? state)
    {
        ArrayBufferWriter<byte> output = new(1024);
        WriteAll(output, state);
        return output;
    }

    /// <summary>Writes a complete journal with this state.</summary>
    public static void WriteAll(ArrayBufferWriter<byte> output, JournalState? state)
    {
        output.Write(Mark);
        if (state is { } kept)
        {
            foreach (JournalEntry entry in kept.Entries())
            {
                Append(output, entry);
            }
        }
    }

    /// <summary>Reads a journal. Accepts any bytes.</summary>
    public static JournalReading Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Mark.Length)
        {
            // An unfinished mark: a power cut after the file was created.
            return Mark.StartsWith(bytes) ? new JournalReading(null, 0, bytes.Length, null) : Damaged(bytes, null, NoMark);
        }

        if (!bytes.StartsWith(Mark))
        {
            return Damaged(bytes, null, NoMark);
        }

        JournalState? state = null;
        int position = Mark.Length;
        while (position < bytes.Length)
        {
            if (!TryReadRecord(bytes[position..], out JournalEntry? entry, out int length))
            {
                return HasRecord(bytes[(position + 1)..])
                    ? Damaged(bytes, state, $"the record at byte {position} does not match its checksum, and valid records follow")
                    : new JournalReading(state, position, bytes.Length - position, null);
            }

            if (entry is null)
            {
                // Its checksum is right, so it is not torn: the change that it records has happened.
                return Damaged(bytes, state, $"the record at byte {position} is of a kind that this version of the agent does not know");
            }

            try
            {
                state = JournalState.After(state, entry);
            }
            catch (InvalidDataException e)
            {
                return Damaged(bytes, state, $"at byte {position} is {e.Message}");
            }

            position += length;
        }

        return new JournalReading(state, position, 0, null);
    }

    private static JournalReading Damaged(ReadOnlySpan<byte> bytes, JournalState? state, string fault)
    {
        // The last claim names the execution in progress. With it the execution can be reported as failed instead of run twice.
        for (int position = 0; position < bytes.Length; position++)
        {
            if (TryReadRecord(bytes[position..], out JournalEntry? entry, out _) && entry?.Claim is { } claim)
            {
                state = new JournalState { Claim = claim };
            }
        }

        return new JournalReading(state, 0, 0, fault);
    }

    private static bool HasRecord(ReadOnlySpan<byte> bytes)
    {
        for (int position = 0; position < bytes.Length; position++)
        {
            if (TryReadRecord(bytes[position..], out _, out _))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a record with the right checksum; the entry is null if it is of an unknown kind.</summary>
    private static bool TryReadRecord(ReadOnlySpan<byte> bytes, out JournalEntry? entry, out int length)
    {
        entry = null;
        length = 0;
        if (bytes.Length < RecordHeader)
        {
            return false;
        }

        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (payload is <= 0 or > MaxRecord || payload > bytes.Length - RecordHeader)
        {
            return false;
        }

        length = RecordHeader + payload;
        ReadOnlySpan<byte> content = bytes[RecordHeader..length];
        if (Checksum(content) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]))
        {
            return false;
        }

        entry = JournalCodec.TryRead(content, out JournalEntry read) ? read : null;
        return true;
    }

    private static uint Checksum(ReadOnlySpan<byte> payload)
    {
        // Uses the processor's CRC instruction if there is one.
        uint crc = BitOperations.Crc32C(uint.MaxValue, (uint)payload.Length);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(payload);
        foreach (ulong word in words)
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte one in payload[(words.Length * sizeof(ulong))..])
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return ~crc;
    }
}

/// <summary>The content of a journal.</summary>
/// <param name="State">
/// The execution in progress; null if there is none. If the journal is damaged: the last claimed execution, without its progress.
/// </param>
/// <param name="Length">The number of valid bytes.</param>
/// <param name="Torn">The number of bytes of an unfinished record at the end.</param>
/// <param name="Fault">The damage; null if there is none.</param>
internal sealed record JournalReading(JournalState? State, int Length, int Torn, string? Fault);
