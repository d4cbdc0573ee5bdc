using EdgeJobs.Client;
using Greenhouse.Control;

// The control room of a spec that has nothing to do with AWS. Arguments: port, CA, certificate, private key.
int port = int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture);
MqttConnectionOptions connection = new() { Host = "localhost", Port = port, ClientId = "control", CaFile = args[1], CertificateFile = args[2], KeyFile = args[3] };

await using GreenhouseClient greenhouse = new(new ServiceClientOptions { Connection = connection });
if ((await greenhouse.ConnectAsync()).Failure is { } failure)
{
    throw new InvalidOperationException(failure.Message);
}

EventFeed<ReadingsReceived> feed = greenhouse.Readings(site: "north");
await feed.SubscribeAsync();

Show(await greenhouse.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 21.5, Season = Season.HighSummer, Valves = [1, 3] }));
Show(await greenhouse.SetPointAsync("north", "b8", new SetPointRequest { Celsius = 2, Season = Season.Winter }));
Show(await greenhouse.SetPointAsync("north", "b8", new SetPointRequest { Celsius = 99, Season = Season.Winter }));

await foreach (ReadingsReceived readings in feed)
{
    Console.WriteLine($"{readings.Site}: {readings.Message.Sensors?["t1"][1]}");
    break;
}

Console.WriteLine(await greenhouse.AlertAsync(new Alert { Text = "frost" }) is { Status: PublishStatus.Acknowledged } ? "alerted" : "not alerted");

static void Show(Reply<SetPointDone, SetPointFailed> reply) => Console.WriteLine(reply switch
{
    { IsAccepted: true } => $"set: {reply.Accepted.Effective}",
    { IsRejected: true } => $"refused: {reply.Rejected.Why}",
    _ => $"{reply.Status}: {reply.Reason}",
});
