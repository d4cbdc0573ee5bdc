using System.Collections.Concurrent;
using System.Globalization;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent over mutual TLS with seeded random faults: connections are closed, reset, black-holed, delayed, throttled
/// and closed late. One half of the boards uses the broker of the local cloud, the other half Mosquitto. Nothing is lost,
/// doubled or stuck. <c>EDGEJOBS_TEST_FAULT_SCHEDULES</c> is the number of schedules (default: 20),
/// <c>EDGEJOBS_TEST_FAULT_SEED</c> the first seed.
/// </summary>
public sealed class FaultScheduleTests(ITestOutputHelper output)
{
    private const int Boards = 20;
    private const string Service = "edgejobs-cloud";
    private const string Thing = "board-";

    [Fact]
    public async Task With_random_faults_every_job_ends_as_expected_and_no_step_runs_twice()
    {
        int first = FromEnvironment("EDGEJOBS_TEST_FAULT_SEED", 1);
        int count = FromEnvironment("EDGEJOBS_TEST_FAULT_SCHEDULES", Boards);
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        await using CloudProcess attached = await CloudProcess.StartAttachedAsync(broker, broker.Certificates.IssueClient(Service));
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        int boards = Math.Min(Boards, count);
        using Places places = new(cloud, attached, broker);
        ConcurrentQueue<string> failures = new();
        int done = 0;
        int faults = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = boards },
            async (seed, _) =>
            {
                ConcurrentQueue<ThingFiles> free = places.Of(seed);
                ThingFiles files = free.TryDequeue(out ThingFiles? used) ? used : await places.CreateAsync(seed);
                await using FaultyBoard board = new(places.CloudOf(seed), files, seed, new FaultSchedule(seed));
                if (await board.RunAsync() is { } failure)
                {
                    // This thing is not reused: its queue may hold jobs of the failed schedule.
                    failures.Enqueue($"EDGEJOBS_TEST_FAULT_SEED={seed} EDGEJOBS_TEST_FAULT_SCHEDULES=1: {failure}");
                }
                else
                {
                    free.Enqueue(files);
                }

                Interlocked.Increment(ref done);
                Interlocked.Add(ref faults, board.Happened);
            });
        output.WriteLine($"{done} schedules, {faults} faults: {failures.Count} failed");
        Assert.True(failures.IsEmpty, $"{failures.Count} of {done} schedules failed\n" + string.Join("\n=====\n", failures));
        Assert.True(faults >= count, $"only {faults} faults happened in {count} schedules");
    }

    /// <summary>
    /// Resets the connection at each packet of the TLS handshake, CONNECT and SUBSCRIBE, of a first connection and of a
    /// reconnection.
    /// </summary>
    [Fact]
    public async Task The_agent_recovers_from_a_reset_at_any_handshake_packet()
    {
        const int Packets = 12;
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ConcurrentQueue<string> failures = new();
        int happened = 0;
        List<Task> boards = [];
        LineFault[] all = [.. Enumerable.Range(1, Packets).Select(n => new LineFault(FaultKind.ResetPacket, After: n))];
        for (int i = 0; i < 4; i++)
        {
            // Three packets for each board: first connections, after which the agent ends and is restarted, and reconnections.
            LineFault[] packets = all[(i * 3)..((i + 1) * 3)];
            LineFault[] mine = [.. packets, new LineFault(FaultKind.Cut, Up: true, After: 2_800), .. packets];
            ThingFiles files = await cloud.CreateThingAsync(string.Create(CultureInfo.InvariantCulture, $"{Thing}{i}"));
            int seed = i;
            boards.Add(Task.Run(async () =>
            {
                await using FaultyBoard board = new(cloud, files, seed, new FaultSchedule(mine));
                if (await board.RunAsync() is { } failure)
                {
                    failures.Enqueue(failure);
                }

                Interlocked.Add(ref happened, board.Happened);
            }));
        }

        await Task.WhenAll(boards);
        output.WriteLine($"{happened} faults: {failures.Count} boards failed");
        Assert.True(failures.IsEmpty, string.Join("\n=====\n", failures));
        Assert.True(happened >= 2 * Packets, $"only {happened} faults happened");
    }

    private static int FromEnvironment(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Things without open jobs, for each of the two brokers.</summary>
    private sealed class Places(CloudProcess cloud, CloudProcess attached, MosquittoBroker broker) : IDisposable
    {
        private readonly SemaphoreSlim _creating = new(1);
        private readonly ConcurrentQueue<ThingFiles> _own = new();
        private readonly ConcurrentQueue<ThingFiles> _others = new();

        public CloudProcess CloudOf(int seed) => IsOther(seed) ? attached : cloud;

        public ConcurrentQueue<ThingFiles> Of(int seed) => IsOther(seed) ? _others : _own;

        public async Task<ThingFiles> CreateAsync(int seed)
        {
            string name = Thing + seed.ToString(CultureInfo.InvariantCulture);
            if (!IsOther(seed))
            {
                // One at a time: they write to one directory.
                await _creating.WaitAsync();
                try
                {
                    return await cloud.CreateThingAsync(name);
                }
                finally
                {
                    _creating.Release();
                }
            }

            CertificateFiles thing = broker.Certificates.IssueClient(name);
            await attached.RegisterThingAsync(name);
            return new ThingFiles(name, broker.Certificates.CaFile, thing.Certificate, thing.Key);
        }

        public void Dispose() => _creating.Dispose();

        private static bool IsOther(int seed) => seed % 2 == 1;
    }
}
