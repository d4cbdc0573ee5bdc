using System.Buffers;
using System.Reflection;
using CsCheck;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Tests.Journal;

/// <summary>What a journal's bytes say, whatever has become of them.</summary>
public sealed class JournalFormatTests
{
    private static readonly StepResult Result = new()
    {
        End = StepEnd.Signaled,
        Code = 9,
        Fault = "f",
        WasCanceled = true,
        TimedOutAfter = TimeSpan.FromSeconds(3),
        Duration = TimeSpan.FromSeconds(4),
        Survivors = 1,
        StdOut = "out ü",
        StdErr = "err",
        StdErrLines = 7,
        Limit = "it used more memory",
        Details = new ValueMap<string>([new("led", "on")]),
    };

    private static readonly JournalEntry[] Entries =
    [
        new JournalEntry.Taken(new JobKey("job", 3), 2, 1_700_000_000, "board", """{"steps":[]}"""u8.ToArray()) { StartedAt = 1_700_000_001 },
        new JournalEntry.Began(0, 1),
        new JournalEntry.AttemptFailed(0, 1),
        new JournalEntry.Began(0, 2),
        new JournalEntry.Ended(0, Result, "interrupted"),
        new JournalEntry.Began(2, 1),
        new JournalEntry.Ended(2, Result with { TimedOutAfter = null, Limit = "" }, "interrupted"),
        new JournalEntry.Decided(new Outcome(JobExecutionUpdateStatus.Failed, "why", new ValueMap<string>([new("reason", "why"), new("step", "1/3")]))),
    ];

    [Fact]
    public void Every_member_of_a_result_is_in_the_entries_of_these_tests()
    {
        StepResult none = new() { End = StepEnd.Exited };
        Assert.All(
            typeof(StepResult).GetProperties(BindingFlags.Public | BindingFlags.Instance),
            member => Assert.NotEqual(member.GetValue(none), member.GetValue(Result)));
    }

    [Fact]
    public void Every_entry_is_read_as_it_was_written()
    {
        foreach (JournalEntry entry in Entries)
        {
            ArrayBufferWriter<byte> bytes = new();
            JournalCodec.Write(bytes, entry);

            Assert.True(JournalCodec.TryRead(bytes.WrittenSpan, out JournalEntry read));
            if (entry is JournalEntry.Taken taken)
            {
                Assert.Equal(taken.Document.ToArray(), ((JournalEntry.Taken)read).Document.ToArray());
                read = ((JournalEntry.Taken)read) with { Document = taken.Document };
            }

            Assert.Equal(entry, read);
        }
    }

    [Fact]
    public void Cut_off_anywhere_a_journal_says_what_its_whole_records_say()
    {
        byte[] bytes = Journal(out List<int> ends);
        for (int length = 0; length <= bytes.Length; length++)
        {
            JournalReading reading = JournalFormat.Read(bytes.AsSpan(0, length));

            Assert.Null(reading.Fault);
            int whole = ends.FindLastIndex(e => e <= length);
            AssertSame(StateAfter(whole), reading.State);
            Assert.Equal(length, reading.Length + reading.Torn);
        }
    }

    [Fact]
    public void Cut_off_and_followed_by_zeros_as_a_file_system_may_leave_it_a_journal_says_what_its_whole_records_say()
    {
        byte[] bytes = Journal(out List<int> ends);
        for (int length = JournalFormat.Mark.Length; length < bytes.Length; length++)
        {
            byte[] cut = [.. bytes.AsSpan(0, length), .. new byte[600]];
            JournalReading reading = JournalFormat.Read(cut);

            // The last bytes of a record may be zeros themselves: then it is whole.
            Assert.Null(reading.Fault);
            int whole = ends.FindLastIndex(e => e <= reading.Length);
            Assert.Equal(ends[whole], reading.Length);
            AssertSame(StateAfter(whole), reading.State);
        }
    }

    [Fact]
    public void A_bit_that_flips_is_damage_or_costs_the_last_record_never_anything_else()
    {
        byte[] bytes = Journal(out List<int> ends);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            JournalReading reading = JournalFormat.Read(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

            if (bit / 8 < ends[^2])
            {
                Assert.NotNull(reading.Fault);
                Assert.True(bit / 8 < ends[1] || reading.State!.Value.Taken.Key == new JobKey("job", 3), "a damaged journal names its execution");
            }
            else
            {
                Assert.Null(reading.Fault);
                AssertSame(StateAfter(Entries.Length - 1), reading.State);
            }
        }
    }

    [Fact]
    public void Any_bytes_are_read_without_a_fault_of_the_program() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.NotNull(JournalFormat.Read([.. JournalFormat.Mark, .. bytes])));

    [Fact]
    public void A_compacted_journal_says_the_same()
    {
        JournalState? state = null;
        foreach (JournalEntry entry in Entries)
        {
            state = JournalState.After(state, entry);
            AssertSame(state, JournalFormat.Read(JournalFormat.WriteAll(state).WrittenSpan).State);
        }

        Assert.Null(JournalFormat.Read(JournalFormat.WriteAll(JournalState.After(state, new JournalEntry.Closed())).WrittenSpan).State);
    }

    /// <summary>All entries; and where the mark and each record ends.</summary>
    private static byte[] Journal(out List<int> ends)
    {
        ArrayBufferWriter<byte> bytes = new();
        bytes.Write(JournalFormat.Mark);
        ends = [bytes.WrittenCount];
        foreach (JournalEntry entry in Entries)
        {
            JournalFormat.Append(bytes, entry);
            ends.Add(bytes.WrittenCount);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static JournalState? StateAfter(int count)
    {
        JournalState? state = null;
        for (int i = 0; i < count; i++)
        {
            state = JournalState.After(state, Entries[i]);
        }

        return state;
    }

    private static void AssertSame(JournalState? wanted, JournalState? found)
    {
        Assert.Equal(wanted is null, found is null);
        if (wanted is not { } expected || found is not { } actual)
        {
            return;
        }

        Assert.Equal(expected.Results.ToArray(), actual.Results.ToArray());
        Assert.Equal(expected.Taken.Document.ToArray(), actual.Taken.Document.ToArray());
        Assert.Equal(
            expected with { Results = [], Taken = expected.Taken with { Document = default } },
            actual with { Results = [], Taken = actual.Taken with { Document = default } });
    }
}
