using System.Text;
using System.Threading.Channels;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using Greenhouse.Control;
using Microsoft.Extensions.Logging.Abstractions;

// A spec that has nothing to do with AWS: another shape of topics, another correlation member, other types.
int port = int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture);
using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60));

// The greenhouse: answers what it is asked, and tells what it measures.
Mailbox greenhouse = new();
await using MqttConnection there = new(Options("greenhouse"), greenhouse, TimeProvider.System, NullLogger.Instance);
Require((await there.ConnectAsync(cleanStart: true, deadline.Token)).Failure?.Message);
Require((await there.SubscribeAsync(["greenhouse/+/beds/+/set-point"], deadline.Token))?.Message);

// The control room.
Mailbox room = new();
await using MqttConnection here = new(Options("control"), room, TimeProvider.System, NullLogger.Instance);
RequestClient requests = new(GreenhouseSpec.Instance, here.PublishAsync, TimeSpan.FromSeconds(30), TimeProvider.System, Random.Shared, NullLogger.Instance);
room.Replies = requests;
Require((await here.ConnectAsync(cleanStart: true, deadline.Token)).Failure?.Message);
Require((await here.SubscribeAsync([GreenhouseTopics.SetPointReplyFilter("north"), GreenhouseTopics.ReadingsFilter(null)], deadline.Token))?.Message);

SetPointRequest request = new() { Celsius = 21.5, Season = Season.HighSummer, Valves = [1, 3] };
Task<Reply<SetPointDone, SetPointFailed>> asked = requests.RequestAsync(GreenhouseOperations.SetPoint, GreenhouseTopics.SetPoint("north", "b7"), request, deadline.Token).AsTask();
(string topic, ReadOnlyMemory<byte> payload) = await greenhouse.ReceiveAsync(deadline.Token);
Console.WriteLine($"asked on {topic}");
Console.WriteLine(SetPointRequestView.TryRead(payload.Span, out SetPointRequestView seen, out _) ? $"read {seen.Celsius} {seen.Season} {seen.Valves.Count}" : "not read");
string token = seen.RequestId.ToString();
await there.PublishAsync(GreenhouseTopics.SetPointDone("north", "b7"), Encoding.UTF8.GetBytes("{\"requestId\":\"" + token + "\",\"effective\":{\"celsius\":21.5,\"since\":1795400000}}"), QualityOfService.AtLeastOnce, deadline.Token);
Reply<SetPointDone, SetPointFailed> reply = await asked;
Console.WriteLine($"{reply.Status}: {reply.Accepted?.Effective}");

asked = requests.RequestAsync(GreenhouseOperations.SetPoint, GreenhouseTopics.SetPoint("north", "b8"), request with { Celsius = 2 }, deadline.Token).AsTask();
(_, payload) = await greenhouse.ReceiveAsync(deadline.Token);
Console.WriteLine(SetPointRequest.TryRead(payload, out SetPointRequest? model, out _) ? $"read {model.Celsius}" : "not read");
await there.PublishAsync(GreenhouseTopics.SetPointFailed("north", "b8"), Encoding.UTF8.GetBytes($$"""{"requestId":"{{model!.RequestId}}","why":"frost"}"""), QualityOfService.AtLeastOnce, deadline.Token);
reply = await asked;
Console.WriteLine($"{reply.Status}: {reply.Rejected?.Why}");

reply = await requests.RequestAsync(GreenhouseOperations.SetPoint, GreenhouseTopics.SetPoint("north", "b8"), request with { Celsius = 99 }, deadline.Token);
Console.WriteLine($"{reply.Status}: {reply.Reason}");

await there.PublishAsync("telemetry/v1-north/readings", """{"sensors":{"t1":[20.5,20.75],"t2":[]},"raw":{"x":1}}"""u8.ToArray(), QualityOfService.AtLeastOnce, deadline.Token);
(topic, payload) = await room.ReceiveAsync(deadline.Token);
Console.WriteLine(GreenhouseTopics.TryMatch(topic, out GreenhouseTopicMatch match) ? $"{match.Channel} of {match.Site}" : "not matched");
Console.WriteLine(Readings.TryRead(payload, out Readings? readings, out _) ? $"{readings.Sensors!["t1"][1]} {readings.Sensors.Count} {readings.Raw}" : "not read");

MqttConnectionOptions Options(string id) => new() { Host = "127.0.0.1", Port = port, UseTls = false, ClientId = id };

static void Require(string? failure)
{
    if (failure is not null)
    {
        throw new InvalidOperationException(failure);
    }
}

/// <summary>Takes replies to their requests and keeps everything else.</summary>
internal sealed class Mailbox : IMqttHandler
{
    private readonly Channel<(string Topic, ReadOnlyMemory<byte> Payload)> _received = Channel.CreateUnbounded<(string, ReadOnlyMemory<byte>)>();

    public RequestClient? Replies { get; set; }

    public ValueTask<(string Topic, ReadOnlyMemory<byte> Payload)> ReceiveAsync(CancellationToken cancellation) => _received.Reader.ReadAsync(cancellation);

    public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        if (Replies?.TryAccept(topic, payload, properties, receipt, out _) != true)
        {
            _received.Writer.TryWrite((topic, payload));
            receipt.Acknowledge();
        }
    }

    public void OnDisconnected(string reason)
    {
    }
}
