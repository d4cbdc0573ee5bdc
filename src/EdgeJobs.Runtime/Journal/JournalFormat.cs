using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// The journal as bytes: a mark of 16 bytes, then records, each of a length (4 bytes, little-endian), a CRC-32C of the
/// length and the payload (4 bytes), and the payload. One record is written and flushed after the other, so that only the last one can
/// be torn by a power cut; a record that is no good before one that is means damage.
/// </summary>
internal static class JournalFormat
{
    /// <summary>No record is longer: a document comes in a message of at most 136 KB, and <see cref="JournalCodec"/> cuts texts.</summary>
    public const int MaxRecord = 256 * 1024;

    /// <summary>No journal is longer: that many steps, of which each says as much as it can, twice, as the file may grow to double its size.</summary>
    public const long MaxFile = 320 * 1024 * 1024;

    private const int VersionDigits = 4;

    /// <summary>The bytes before each payload.</summary>
    public const int RecordHeader = 8;

    /// <summary>What each journal begins with; the last four bytes are the version of the format.</summary>
    public static ReadOnlySpan<byte> Mark => "EDGEJOBS-JNL0001"u8;

    /// <summary>The version of the format that this agent reads and writes.</summary>
    public static string Version => Encoding.ASCII.GetString(Mark[^VersionDigits..]);

    /// <summary>The version of the format that a journal says it has; null when it does not begin as a journal does.</summary>
    public static string? VersionOf(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Mark[..^VersionDigits])
        && bytes.Length >= Mark.Length
        && bytes[(Mark.Length - VersionDigits)..Mark.Length] is var digits
        && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            ? Encoding.ASCII.GetString(digits)
            : null;

    /// <summary>Appends a record.</summary>
    /// <returns>Its length without the header; more than <see cref="MaxRecord"/> can't be read again, and must not be written.</returns>
    public static int Append(ArrayBufferWriter<byte> output, JournalEntry entry)
    {
        int start = output.WrittenCount;
        output.GetSpan(RecordHeader);
        output.Advance(RecordHeader);
        JournalCodec.Write(output, entry);

        // What was written is the writer's own memory, to which the header is added when its record is known.
        Span<byte> record = MemoryMarshal.AsMemory(output.WrittenMemory).Span[start..];
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - RecordHeader);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Checksum(record[RecordHeader..]));
        return record.Length - RecordHeader;
    }

    /// <summary>A whole journal that says what the state says.</summary>
    public static ArrayBufferWriter<byte> WriteAll(JournalState? state)
    {
        ArrayBufferWriter<byte> output = new(1024);
        WriteAll(output, state);
        return output;
    }

    /// <summary>Writes a whole journal that says what the state says.</summary>
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

    /// <summary>Reads a journal. Whatever the bytes are, there is an answer.</summary>
    public static JournalReading Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Mark.Length)
        {
            // Created, and cut off before the mark was on the disk.
            return Mark.StartsWith(bytes) ? new JournalReading(null, 0, bytes.Length, null) : Damaged(bytes, null, "it does not begin as a journal does");
        }

        if (!bytes.StartsWith(Mark))
        {
            return Damaged(bytes, null, "it does not begin as a journal does");
        }

        JournalState? state = null;
        int position = Mark.Length;
        while (position < bytes.Length)
        {
            if (!TryReadRecord(bytes[position..], out JournalEntry? entry, out int length))
            {
                return HasRecord(bytes[(position + 1)..])
                    ? Damaged(bytes, state, $"the record at byte {position} does not match its checksum, and others follow")
                    : new JournalReading(state, position, bytes.Length - position, null);
            }

            if (entry is null)
            {
                // Not torn, it matches its checksum: whatever it says has happened.
                return Damaged(bytes, state, $"the record at byte {position} is none that this version of the agent knows");
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
        // Which execution was under way can often still be told, and then it can be reported as failed instead of run twice. It is
        // the last one: those before it are over.
        for (int position = 0; position < bytes.Length; position++)
        {
            if (TryReadRecord(bytes[position..], out JournalEntry? entry, out _) && entry?.Beginning is { } taken)
            {
                state = new JournalState { Taken = taken };
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

    /// <summary>Reads a record that matches its checksum; the entry is null when it is none that is known.</summary>
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
        // The processor's own instruction where it has one.
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

/// <summary>What was read of a journal.</summary>
/// <param name="State">The execution under way; null when there is none. Of a damaged journal: the one that it names, without how far it has come.</param>
/// <param name="Length">How many bytes are good.</param>
/// <param name="Torn">How many bytes at the end are a record that was never finished; they are cut.</param>
/// <param name="Fault">What is wrong with it when it is damaged; null when it is not.</param>
internal sealed record JournalReading(JournalState? State, int Length, int Torn, string? Fault);
