using System.Collections.Concurrent;
using System.Globalization;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent over mutual TLS on lines where connections are cut, reset, swallowed, delayed, slowed down and end late, as
/// seeds say: with the local cloud's own broker and, every other, with Mosquitto. Nothing is lost, doubled or stuck.
/// <c>EDGEJOBS_TEST_FAULT_SCHEDULES</c> is how many schedules (20 unless set), <c>EDGEJOBS_TEST_FAULT_SEED</c> the first seed.
/// </summary>
public sealed class FaultScheduleTests(ITestOutputHelper output)
{
    private const int Boards = 20;
    private const string Service = "edgejobs-cloud";
    private const string Thing = "board-";

    [Fact]
    public async Task Whatever_happens_on_the_line_every_job_ends_as_it_should_and_no_step_runs_twice()
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
                    // The thing is left alone: its queue may hold what others would run.
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

    /// <summary>Resets the connection at each packet of the TLS handshake, CONNECT and SUBSCRIBE: of a first connection and of one after a loss.</summary>
    [Fact]
    public async Task A_reset_in_any_packet_of_the_handshake_is_got_over()
    {
        const int Packets = 12;
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ConcurrentQueue<string> failures = new();
        int happened = 0;
        List<Task> boards = [];
        LineFault[] all = [.. Enumerable.Range(1, Packets).Select(n => new LineFault(FaultKind.ResetPacket, After: n))];
        for (int i = 0; i < 4; i++)
        {
            // Three packets for each board: first connections, after which the agent ends and is started again, and reconnections.
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

    /// <summary>Things whose earlier jobs are over, at either broker.</summary>
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
                // One after the other: they write to one directory.
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
