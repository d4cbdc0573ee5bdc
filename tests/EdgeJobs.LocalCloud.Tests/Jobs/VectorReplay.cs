using System.Text.Json.Nodes;
using EdgeJobs.LocalCloud.Tests.Fixtures;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

/// <summary>Replays the vectors against a service, with or without a broker.</summary>
internal static class VectorReplay
{
    public static async Task ScenarioAsync(IReplay replay, string scenario)
    {
        IReadOnlyList<MqttVector> steps = MqttVector.OfScenario(scenario);
        Assert.NotEmpty(steps);
        for (int i = 0; i < steps.Count; i++)
        {
            MqttVector vector = steps[i];
            if (vector.FromDevice)
            {
                // The second in which the vectors' service responds.
                replay.Clock.SetTo(steps[i + 1].Timestamp!.Value);
                await replay.SendAsync(vector.Topic, vector.Payload);
            }
            else
            {
                await VectorCases.ActAsync(replay, vector.Name);
                await ExpectAsync(replay, vector);
            }
        }

        await replay.ExpectSilenceAsync();
    }

    public static async Task SingleAsync(IReplay replay, string name)
    {
        VectorCases.SingleCase single = VectorCases.Singles[name];
        MqttVector request = MqttVector.Named(name);
        await VectorCases.PrepareAsync(replay, single.Started);
        MqttVector? response = MqttVector.All.SingleOrDefault(vector => vector.Name == single.Response);
        replay.Clock.SetTo(response?.Timestamp ?? 1795402020);
        await replay.SendAsync(request.Topic, request.Payload);
        if (response is not null)
        {
            await ExpectAsync(replay, response, single.OurMessage);
        }
        else
        {
            Received received = await replay.NextAsync();
            bool accepted = single.Response == VectorCases.Accepted;
            Assert.Equal(request.Topic + (accepted ? "/accepted" : "/rejected"), received.Topic);
            Assert.Equal((string?)request.Json?["clientToken"], (string?)received.Json["clientToken"]);
            Assert.Equal(accepted ? null : single.Response, (string?)received.Json["code"]);
        }

        await replay.ExpectSilenceAsync();
    }

    /// <summary>A step timer of ten minutes that expires.</summary>
    public static async Task TimeoutAsync(IReplay replay)
    {
        await VectorCases.PrepareAsync(replay, started: false);
        MqttVector notify = MqttVector.Named("timeout.notify");
        replay.Clock.SetTo(notify.Timestamp!.Value - 600);
        await replay.SendAsync("$aws/things/edge-dev-01/jobs/start-next", """{"stepTimeoutInMinutes":10}"""u8.ToArray());
        Assert.Equal("start-next/accepted", (await replay.NextAsync()).Kind);

        replay.Clock.SetTo(notify.Timestamp.Value);
        await ExpectAsync(replay, notify);
        await ExpectAsync(replay, MqttVector.Named("timeout.notify-next"));
        await replay.ExpectSilenceAsync();
    }

    private static async Task ExpectAsync(IReplay replay, MqttVector vector, string? ourMessage = null)
    {
        Received received = await replay.NextAsync();
        JsonObject expected = vector.Json!.DeepClone().AsObject();
        if (VectorCases.SentAtOnce.TryGetValue(vector.Name, out long at))
        {
            expected["timestamp"] = at;
        }

        if (ourMessage is not null)
        {
            expected["message"] = ourMessage;
        }

        Assert.Equal(vector.Topic, received.Topic);
        Assert.True(
            JsonNode.DeepEquals(expected, received.Json),
            $"{vector.Name}\nexpected {expected.ToJsonString()}\nreceived {received.Json.ToJsonString()}");
    }
}
