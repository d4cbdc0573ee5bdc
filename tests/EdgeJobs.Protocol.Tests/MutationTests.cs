using CsCheck;

namespace EdgeJobs.Protocol.Tests;

/// <summary>Whatever arrives, reading gives a message or an error value, and what was read can be checked and written.</summary>
public sealed class MutationTests
{
    private delegate bool Reader(byte[] payload);

    [Fact]
    public void Damaged_messages_never_throw()
    {
        Vector[] vectors = [.. Vector.All];
        Reader[] readers =
        [
            Reads<GetPendingJobExecutionsResponse>, Reads<StartNextPendingJobExecutionResponse>, Reads<DescribeJobExecutionRequest>,
            Reads<UpdateJobExecutionRequest>, Reads<UpdateJobExecutionResponse>, Reads<RejectedResponse>,
            Reads<JobExecutionsChangedEvent>, Reads<NextJobExecutionChangedEvent>,
        ];
        Gen.Select(Gen.Int[0, vectors.Length - 1], Gen.Select(Gen.Int[0, 4_000], Gen.Byte).Array[1, 8], Gen.Int[0, 400]).Sample((index, edits, cut) =>
        {
            byte[] payload = [.. vectors[index].Payload];
            foreach ((int place, byte value) in edits)
            {
                if (payload.Length > 0)
                {
                    payload[place % payload.Length] = value;
                }
            }

            byte[] damaged = cut % 3 == 0 ? payload[..(payload.Length * cut / 400)] : payload;
            foreach (Reader reader in readers)
            {
                reader(damaged);
            }
        }, iter: 3_000);
    }

    [Fact]
    public void Random_topics_never_throw_and_matches_keep_their_rules()
    {
        string[] words = ["$aws", "things", "t", "jobs", "get", "update", "start-next", "notify", "notify-next", "accepted", "rejected", "$next", "", "+", "#", "a b"];
        Gen.Int[0, words.Length - 1].Array[0, 8].Sample(indices =>
        {
            string topic = string.Join('/', indices.Select(i => words[i]));
            if (JobsTopics.TryMatch(topic, out JobsTopicMatch match))
            {
                Assert.True(JobsTopics.IsThingName(match.ThingName));
                Assert.StartsWith("$aws/things/", topic, StringComparison.Ordinal);
            }
        }, iter: 20_000);
    }

    private static bool Reads<T>(byte[] payload)
        where T : class, IMessage<T>
    {
        if (!T.TryRead(payload, out T? message, out CodecError error))
        {
            Assert.NotEqual(CodecErrorKind.None, error.Kind);
            Assert.InRange(error.Offset, 0, payload.Length);
            return false;
        }

        // Validation is what stands between a message and the writer.
        if (message.TryValidate(out _))
        {
            string written = Codec.Write(message);
            Assert.Equal(message, Codec.Read<T>(written));
        }

        return true;
    }
}
