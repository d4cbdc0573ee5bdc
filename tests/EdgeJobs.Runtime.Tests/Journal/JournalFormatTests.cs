using System.Buffers;
using System.Reflection;
using CsCheck;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Tests.Journal;

/// <summary>Reads journals, intact or corrupt in any way.</summary>
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
        new JournalEntry.Claimed(new JobKey("job", 3), 2, 1_700_000_000, "board",
            """{"steps":[]}"""u8.ToArray()) { StartedAt = 1_700_000_001 },
        new JournalEntry.AttemptStarted(0, 1),
        new JournalEntry.AttemptFailed(0, 1),
        new JournalEntry.AttemptStarted(0, 2),
        new JournalEntry.StepEnded(0, Result, "interrupted"),
        new JournalEntry.AttemptStarted(2, 1),
        new JournalEntry.StepEnded(2, Result with { TimedOutAfter = null, Limit = "" }, "interrupted"),
        new JournalEntry.OutcomeDecided(new Outcome(JobExecutionUpdateStatus.Failed, "why",
        new ValueMap<string>([new("reason", "why"), new("step", "1/3")]))),
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
    public void What_the_first_version_wrote_is_still_read()
    {
        // A claim without the time of its start, and the end of a step without a limit.
        byte[] claim =
        [
            1, .. Text("job"), .. Number(3), .. Number(2), .. Number(1_700_000_000), .. Text("board"), .. Text("{}"),
            2, .. Number(0), .. Number(1),
        ];
        byte[] ended =
        [
            4, .. Number(0), .. Number(0), .. Number(5), .. Text(""), .. Number(0), .. Number(-1), .. Number(10), .. Number(0),
            .. Text("out"), .. Text("err"), .. Number(1), .. Number(0), .. Text("note"),
        ];
        Assert.True(JournalCodec.TryRead(claim, out JournalEntry first));
        Assert.True(JournalCodec.TryRead(ended, out JournalEntry second));
        JournalState state = JournalState.After(JournalState.After(null, first), second)!.Value;
        Assert.Equal(new JobKey("job", 3), state.Claim.Key);
        Assert.Equal((0L, "note", 1), (state.Claim.StartedAt, state.Note, state.Results.Length));
        StepResult result = state.Results.AsSpan()[0]!;
        Assert.Equal(("out", "", 5), (result.StdOut, result.Limit, result.Code));

        static byte[] Number(long number) => BitConverter.GetBytes(number);
        static byte[] Text(string text) => [.. Number(text.Length), .. System.Text.Encoding.UTF8.GetBytes(text)];
    }

    [Fact]
    public void Every_entry_is_read_as_it_was_written()
    {
        foreach (JournalEntry entry in Entries)
        {
            ArrayBufferWriter<byte> bytes = new();
            JournalCodec.Write(bytes, entry);

            Assert.True(JournalCodec.TryRead(bytes.WrittenSpan, out JournalEntry read));
            if (entry is JournalEntry.Claimed taken)
            {
                Assert.Equal(taken.Document.ToArray(), ((JournalEntry.Claimed)read).Document.ToArray());
                read = ((JournalEntry.Claimed)read) with { Document = taken.Document };
            }

            Assert.Equal(entry, read);
        }
    }

    [Fact]
    public void A_journal_truncated_anywhere_yields_its_complete_records()
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
    public void A_truncated_journal_followed_by_zeros_yields_its_complete_records()
    {
        byte[] bytes = Journal(out List<int> ends);
        for (int length = JournalFormat.Mark.Length; length < bytes.Length; length++)
        {
            byte[] cut = [.. bytes.AsSpan(0, length), .. new byte[600]];
            JournalReading reading = JournalFormat.Read(cut);

            // If the last bytes of a record are zeros, the record is complete.
            Assert.Null(reading.Fault);
            int whole = ends.FindLastIndex(e => e <= reading.Length);
            Assert.Equal(ends[whole], reading.Length);
            AssertSame(StateAfter(whole), reading.State);
        }
    }

    [Fact]
    public void A_flipped_bit_is_damage_or_costs_only_the_last_record()
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
                Assert.True(bit / 8 < ends[1] || reading.State!.Value.Claim.Key == new JobKey("job", 3),
                    "a damaged journal names its execution");
            }
            else
            {
                Assert.Null(reading.Fault);
                AssertSame(StateAfter(Entries.Length - 1), reading.State);
            }
        }
    }

    [Fact]
    public void Reading_any_bytes_does_not_throw() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.NotNull(JournalFormat.Read([.. JournalFormat.Mark, .. bytes])));

    [Fact]
    public void A_compacted_journal_yields_the_same_state()
    {
        JournalState? state = null;
        foreach (JournalEntry entry in Entries)
        {
            state = JournalState.After(state, entry);
            AssertSame(state, JournalFormat.Read(JournalFormat.WriteAll(state).WrittenSpan).State);
        }

        Assert.Null(JournalFormat.Read(JournalFormat.WriteAll(JournalState.After(state, new JournalEntry.Closed())).WrittenSpan).State);
    }

    /// <summary>All entries, and the ends of the mark and of each record.</summary>
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
        Assert.Equal(expected.Claim.Document.ToArray(), actual.Claim.Document.ToArray());
        Assert.Equal(
            expected with { Results = [], Claim = expected.Claim with { Document = default } },
            actual with { Results = [], Claim = actual.Claim with { Document = default } });
    }
}
