using System.Globalization;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// Boards that lose their server at the same time do not reconnect at the same time. <c>EDGEJOBS_TEST_SPREAD</c> is the number of real
/// clients whose reconnect to a restarted Mosquitto is measured; default 20.
/// </summary>
[Trait("Category", "Integration")]
public sealed class ReconnectSpreadTests(ITestOutputHelper output)
{
    private const int Boards = 1_000;

    [Theory]
    [InlineData(0, 1_000)]
    [InlineData(30, 120)]
    [InlineData(600, 40)]
    public void A_thousand_boards_reconnect_spread_over_the_bound(int outageSeconds, int mostInASecond)
    {
        Random random = new(11);
        List<double> attempts = [];
        List<double> returns = [];
        for (int i = 0; i < Boards; i++)
        {
            ReconnectBackoff backoff = new(random);
            double now = 0;
            do
            {
                now += backoff.Next().TotalSeconds;
                attempts.Add(now);
            }
            while (now < outageSeconds);
            returns.Add(now);
        }

        int peak = returns.GroupBy(t => (int)t).Max(second => second.Count());
        double[] order = [.. returns.Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Boards} boards, server away for {outageSeconds} s: {attempts.Count / (double)Boards:0.0} attempts each; back after "
                + $"{order[0] - outageSeconds:0.0} to {order[^1] - outageSeconds:0.0} s (median {order[Boards / 2] - outageSeconds:0.0} "
                + $"s), {peak} in the busiest second"));
        Assert.InRange(peak, 1, mostInASecond);
    }

    [Fact]
    public async Task Real_clients_reconnect_to_a_restarted_broker_one_by_one()
    {
        int count = Environment.GetEnvironmentVariable("EDGEJOBS_TEST_SPREAD") is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : 20;
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        List<JobsClient> clients = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"pump-{i}");
                MqttConnectionOptions options = new() { Host = "127.0.0.1", Port = broker.PlainPort, UseTls = false, ClientId = name };
                JobsClient client =
                    new(new JobsClientOptions
                    {
                        ThingName = name,
                        Connection = options,
                        Random = new Random(i),
                        Logger = new ListLogger()
                    });
                clients.Add(client);
                Assert.Null((await client.ConnectAsync(default)).Failure);
                Assert.IsType<JobsEvent.Connected>(await client.ReadEventAsync(default));
            }

            await broker.KillAsync();
            await broker.StartAsync();
            long began = TimeProvider.System.GetTimestamp();
            double[] back = await Task.WhenAll(clients.Select(async client =>
            {
                Assert.IsType<JobsEvent.Disconnected>(await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the loss"));
                Assert.IsType<JobsEvent.Connected>(await Wait.ForAsync(client.ReadEventAsync(default).AsTask(), "the return"));
                return TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            }));
            int peak = back.GroupBy(t => (int)(t * 10)).Max(tenth => tenth.Count());
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} clients back after {back.Min():0.00} to {back.Max():0.00} s (median {back.Order().ElementAt(count / 2):0.00} s), "
                    + $"{peak} in the busiest tenth of a second"));
        }
        finally
        {
            foreach (JobsClient client in clients)
            {
                await client.DisposeAsync();
            }
        }
    }
}
