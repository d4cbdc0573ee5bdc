using System.Text;
using CsCheck;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Tests.Text;

public sealed class StatusTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("\n\r\n", "")]
    [InlineData("one", "one")]
    [InlineData("one\n", "one")]
    [InlineData("one\ntwo\r\nthree\n\n", "one | two | three")]
    [InlineData(" 10%\r 20%\r100%\n", "10% |  20% | 100%")]
    [InlineData("a\tb", "a b")]
    [InlineData("\u001b[1;31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007text\u001b]8;;http://x\u001b\\link", "textlink")]
    [InlineData("a\u0001b", "a\ufffdb")]
    [InlineData("\ufeffbom\u200d\u00ad", "bom")]
    [InlineData("\ue000", "\ufffd")]
    [InlineData("grüße 😀", "grüße 😀")]
    public void Output_becomes_one_readable_line(string output, string expected) => Assert.Equal(
        expected,
        StatusText.Tail(Encoding.UTF8.GetBytes(output)));

    [Fact]
    public void Invalid_UTF8_is_replaced() => Assert.Equal("a\ufffdb\ufffd", StatusText.Tail([(byte)'a', 0xFF, (byte)'b', 0xE2, 0x82]));

    [Theory]
    [InlineData("x", 1)]
    [InlineData("é", 2)]
    [InlineData("€", 3)]
    [InlineData("😀", 4)]
    public void The_cut_is_between_characters(string character, int bytes)
    {
        Assert.Equal(bytes, Encoding.UTF8.GetByteCount(character));
        for (int shift = 0; shift < 4; shift++)
        {
            OutputTail tail = new();
            tail.Append(Encoding.UTF8.GetBytes(new string('.', shift) + string.Concat(Enumerable.Repeat(character, 100_000))));
            string text = tail.ToText();
            Assert.Equal(1024 / character.Length, text.EnumerateRunes().Count());
            Assert.All(text.EnumerateRunes(), rune => Assert.Equal(character, rune.ToString()));
        }
    }

    [Fact]
    public void A_reason_is_cut_at_its_end()
    {
        Assert.Equal("one | two", StatusText.Head("one\ntwo\n"));
        Assert.Equal(new string('a', 1023) + "…", StatusText.Head(new string('a', 2000)));
        Assert.Equal(new string('a', 1022) + "…", StatusText.Head(new string('a', 1022) + "😀😀"));
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("a", "", "a")]
    [InlineData("", "b", "b")]
    [InlineData("a", "b", "a | b")]
    public void The_outputs_of_steps_are_joined(string earlier, string later, string joined) => Assert.Equal(
        joined,
        StatusText.Join(earlier, later));

    [Fact]
    public void The_service_accepts_any_output_of_a_program()
    {
        Gen.Byte.Array[0, 3000].Sample(
            bytes =>
            {
                string text = StatusText.Tail(bytes);
                return text.Length <= StatusText.MaxLength && TextRules.HasNoControls(text) && (text.Length == 0 || IsAccepted(text));
            },
            iter: 2000);
        Gen.String[0, 1500].Sample(
            text => IsAccepted(StatusText.Head(text) is { Length: > 0 } head ? head : "x"),
            iter: 2000);
    }

    [Fact]
    public void The_end_of_output_does_not_depend_on_the_reads()
    {
        Gen.Byte.Array[0, 500].Array[0, 60].Sample(
            reads =>
            {
                OutputTail split = new();
                OutputTail whole = new();
                foreach (byte[] read in reads)
                {
                    split.Append(read);
                }

                byte[] all = [.. reads.SelectMany(r => r)];
                whole.Append(all);
                return split.ToText() == whole.ToText() && split.Lines == whole.Lines
                    && whole.Lines == all.Count(b => b == '\n') + (all.Length > 0 && all[^1] != '\n' ? 1 : 0);
            },
            iter: 500);
    }

    private static bool IsAccepted(string value) =>
        new UpdateJobExecutionRequest
        {
            Status = JobExecutionUpdateStatus.Failed,
            StatusDetails = new ValueMap<string>([new("stderr", value)])
        }.TryValidate(
            out _);
}
