using EdgeJobs.Client;
using EdgeJobs.Protocol;
using Greenhouse.House;

// The greenhouse: the other side of the same spec. Arguments: port, CA, certificate, private key.
int port = int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture);
MqttConnectionOptions connection = new() { Host = "localhost", Port = port, ClientId = "greenhouse", CaFile = args[1], CertificateFile = args[2], KeyFile = args[3] };

await using GreenhouseClient client = new(new ServiceClientOptions { Connection = connection });
client.AnswerSetPoint(async (request, cancellationToken) =>
{
    if (request.Message.Celsius < 5)
    {
        return request.Reject(new SetPointFailed { Why = $"frost in {request.Bed}" });
    }

    Readings readings = new() { Sensors = new(KeyValuePair.Create<string, ValueList<double>>("t1", [20.5, 20.75])) };
    await client.ReadingsAsync(request.Site, readings, cancellationToken);
    return request.Accept(new SetPointDone { Effective = new SetPointDoneEffective { Celsius = request.Message.Celsius } });
});
EventFeed<AlertReceived> alerts = client.Alert();
await alerts.SubscribeAsync();
if ((await client.ConnectAsync()).Failure is { } failure)
{
    throw new InvalidOperationException(failure.Message);
}

File.WriteAllText(args[4], "ready");
await foreach (AlertReceived alert in alerts)
{
    Console.WriteLine(alert.Message.Text);
    break;
}
