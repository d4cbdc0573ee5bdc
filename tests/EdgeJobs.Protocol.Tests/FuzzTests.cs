using System.Text;
using CsCheck;
using EdgeJobs.Fuzz;

namespace EdgeJobs.Protocol.Tests;

/// <summary>
/// For any input, reading returns a message or an error value and stays within the payload; a message can be validated, written and read
/// again; built topics are matched. The command bench/EdgeJobs.Fuzz runs the same checks for longer.
/// </summary>
public sealed class FuzzTests
{
    [Fact]
    public void Random_and_damaged_inputs_find_no_fault()
    {
        Gen.ULong.Sample(
            seed =>
            {
                using FuzzRun run = new(seed, Corpus);
                for (int input = 0; input < 200; input++)
                {
                    Assert.Null(run.Run(input));
                }
            },
            iter: 60);
    }

    [Fact]
    public void Every_message_and_every_kind_of_input_takes_part()
    {
        using FuzzRun run = new(1, Corpus);
        for (int input = 0; input < 4_000; input++)
        {
            Assert.Null(run.Run(input));
        }

        Assert.Equal(typeof(JobsSpec).Assembly.GetExportedTypes().Count(t => t.Name.EndsWith("View", StringComparison.Ordinal)
            && t.IsByRefLike && t.Name != "IJsonView"), run.Codecs);
        Assert.Equal(1_000, run.Topics);
        Assert.InRange(run.Read, run.Payloads / 4, run.Payloads * 3 / 4);
    }

    [Fact]
    public void The_same_seed_and_number_give_the_same_input()
    {
        using FuzzRun one = new(7, Corpus);
        using FuzzRun other = new(7, Corpus);
        one.Run(1);
        Assert.Equal(one.Describe(12), other.Describe(12));
        Assert.Equal(one.Describe(15), other.Describe(15));
        Assert.NotEqual(one.Describe(16), other.Describe(12));
    }

    /// <summary>A name that is a lone surrogate is valid JSON, but not Unicode: .NET's reader throws when it compares it.</summary>
    [Fact]
    public void A_token_is_found_after_a_name_with_a_lone_surrogate()
    {
        byte[] payload = Encoding.UTF8.GetBytes("""{ "\ud803d": 1, "client\u0054oken": "a-01" }""");
        Assert.True(CorrelationToken.TryRead(payload, "clientToken"u8, out JsonText token));
        Assert.True(token.Equals("a-01"u8));
    }

    private static readonly Corpus Corpus = Corpus.Load();
}
