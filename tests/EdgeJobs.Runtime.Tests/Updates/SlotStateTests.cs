using System.Text;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Tests.Updates;

public sealed class SlotStateTests
{
    private const string Confirmed = "edgejobs slots 1\0" + "1.2.0\0" + "4\0";
    private const string Whole = Confirmed + "1.3.0\0job-1\0" + "7\0" + "2\0" + "300\0" + "2\0" + "it crashed\0";

    [Fact]
    public void The_format_of_the_file_is_fixed()
    {
        // The packaged program may be older than the one that has written the file.
        SlotState state = new()
        {
            Confirmed = "1.2.0",
            Starts = 4,
            Update = new SlotUpdate("1.3.0", "job-1", 7, 2, 300) { Phase = SlotPhase.Failed, Reason = "it crashed" },
        };
        Assert.Equal(Whole, Encoding.UTF8.GetString(state.ToBytes()));
        Assert.Equal(state, Parse(Whole));
        Assert.Equal(state, Parse(Whole + "what a later version adds\0"));
        Assert.Equal(state with { Update = null }, SlotState.Parse((state with { Update = null }).ToBytes()));
        Assert.Equal(new SlotState(), SlotState.Parse(new SlotState().ToBytes()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("edgejobs slots 2")]
    [InlineData(Confirmed)]
    [InlineData("edgejobs slots 1\0../x\0" + "4\0\0\0" + "0\0" + "0\0" + "0\0" + "0\0\0")]
    [InlineData("edgejobs slots 1\0" + "1.2.0\0-4\0\0\0" + "0\0" + "0\0" + "0\0" + "0\0\0")]
    [InlineData(Confirmed + "../../x\0job-1\0" + "7\0" + "2\0" + "300\0" + "0\0\0")]
    [InlineData(Confirmed + "1.3.0\0job-1\0x\0" + "2\0" + "300\0" + "0\0\0")]
    [InlineData(Confirmed + "1.3.0\0job-1\0" + "7\0" + "2\0" + "300\0" + "3\0\0")]
    public void A_file_that_cannot_be_used_is_no_state(string text) => Assert.Null(Parse(text));

    [Fact]
    public void Any_bytes_can_be_read()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Whole);
        Random random = new(1);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] bytes = [.. whole];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            _ = SlotState.Parse(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
        }
    }

    private static SlotState? Parse(string text) => SlotState.Parse(Encoding.UTF8.GetBytes(text));
}
