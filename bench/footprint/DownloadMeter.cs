using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.Footprint;

/// <summary>Measures a download step beside curl, from the same HTTPS server.</summary>
/// <param name="scene">What it meets.</param>
/// <param name="agent">The agent.</param>
internal sealed class DownloadMeter(Scene scene, Subject agent)
{
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    /// <summary>Measures with a file of random bytes, and returns a Markdown table.</summary>
    public async Task<string> TakeAsync(int megabytes)
    {
        using TestDirectory files = new();
        string checksum = await MakeAsync(files["file"], megabytes);
        long size = new FileInfo(files["file"]).Length;
        ThingFiles thing = await scene.CreateThingAsync();
        await using DownloadServer server = await DownloadServer.StartAsync(scene.IssueServer(), files["file"]);
        List<Run> curl = [];
        List<Run> own = [];
        for (int i = 0; i < Rounds; i++)
        {
            curl.Add(await RunCurlAsync(server, thing, files["of-curl"]));
            File.Delete(files["of-curl"]);
            own.Add(await RunAgentAsync(thing, files["data"], i, server.Url, files["of-agent"], checksum));
            File.Delete(files["of-agent"]);
        }

        (double fetched, double sent) = await CutAsync(thing, files["data"], server, files["cut"], checksum, size);
        Run c = Median(curl);
        Run a = Median(own);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {megabytes:N0} MB over TLS on loopback, median of {Rounds} runs in turn

            |  | curl | edgejobs | ratio |
            |---|---:|---:|---:|
            | time, s | {c.Seconds:N2} | {a.Seconds:N2} | {a.Seconds / c.Seconds:N2} |
            | throughput, MB/s | {size / 1e6 / c.Seconds:N0} | {size / 1e6 / a.Seconds:N0} | {c.Seconds / a.Seconds:N2} |
            | processor time, s | {c.Cpu:N2} | {a.Cpu:N2} | {a.Cpu / c.Cpu:N2} |
            | growth of private dirty memory, kB, during it |  | {a.PeakGrowth / 1024:N0} | |
            | the same, {Settle.TotalSeconds} s after it |  | {a.Growth / 1024:N0} | |

            curl: `curl --output FILE URL; sha256sum FILE`. Killed at half and started again, edgejobs fetched {fetched:N4} times the size;
            the server sent {sent:N4} times the size, with what was on the way at the kill.
            """);
    }

    private static async Task<string> MakeAsync(string file, int megabytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream stream = File.Create(file);
        for (int i = 0; i < megabytes; i++)
        {
            byte[] block = RandomNumberGenerator.GetBytes(1_000_000);
            hash.AppendData(block);
            await stream.WriteAsync(block);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<Run> RunCurlAsync(DownloadServer server, ThingFiles thing, string file)
    {
        // The second line of times is the processor time of the children.
        string script =
            $"curl --silent --fail --cacert {thing.CaFile} --output {file} {server.Url} && sha256sum {file} > /dev/null && times";
        long began = Stopwatch.GetTimestamp();
        await using ChildProcess shell = ChildProcess.Start("bash", ["-c", script]);
        ChildResult result = await shell.WaitForExitAsync(Patience);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double cpu = 0;
        foreach (string time in result.Output.TrimEnd('\n').Split('\n')[^1].Split(' '))
        {
            string[] parts = time.TrimEnd('s').Split('m');
            cpu += (60 * double.Parse(parts[0], CultureInfo.InvariantCulture)) + double.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        return new Run(seconds, cpu, 0, 0);
    }

    private async Task<Run> RunAgentAsync(ThingFiles thing, string data, int number, string url, string file, string checksum)
    {
        await using ChildProcess process = await StartAsync(thing, data);
        await Task.Delay(Settle);
        ProcSample before = ProcSample.Read(process.Id);
        string job = string.Create(CultureInfo.InvariantCulture, $"{thing.Name}-download-{number}");
        long began = Stopwatch.GetTimestamp();
        await scene.Cloud.CreateJobAsync(job, thing.Name, Document(url, file, checksum));
        long peak = before.PrivateDirty;
        while (!File.Exists(file))
        {
            peak = Math.Max(peak, ProcSample.Read(process.Id).PrivateDirty);
            if (!process.IsRunning || Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"the file did not arrive: {process.Errors}");
            }

            await Task.Delay(LookInterval);
        }

        await scene.Cloud.WaitForStatusAsync(thing.Name, job, "SUCCEEDED", Patience);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        ProcSample after = ProcSample.Read(process.Id);
        await Task.Delay(Settle);
        long left = ProcSample.Read(process.Id).PrivateDirty - before.PrivateDirty;
        process.AskToEnd();
        await process.WaitForExitAsync();
        return new Run(seconds, (after.Cpu - before.Cpu).TotalSeconds, peak - before.PrivateDirty, left);
    }

    /// <summary>Kills the agent when half of the file was sent, and starts it again.</summary>
    /// <returns>How many times the size the agent has stored and the server has sent.</returns>
    private async Task<(double Fetched, double Sent)> CutAsync(
        ThingFiles thing, string data, DownloadServer server, string file, string checksum, long size)
    {
        string job = thing.Name + "-cut";
        long before = server.Sent;
        await using (ChildProcess process = await StartAsync(thing, data))
        {
            await scene.Cloud.CreateJobAsync(job, thing.Name, Document(server.Url, file, checksum));
            await process.WaitUntilAsync(() => Task.FromResult(server.Sent - before > size / 2), "the half of the file", Patience);
            await process.KillAsync();
        }

        long part = new FileInfo(Directory.GetFiles(Path.GetDirectoryName(file)!, ".edgejobs-*.part").Single()).Length;
        await using ChildProcess second = await StartAsync(thing, data);
        await scene.Cloud.WaitForStatusAsync(thing.Name, job, "SUCCEEDED", Patience);
        second.AskToEnd();
        await second.WaitForExitAsync();
        return ((part + size - server.Start) / (double)size, (server.Sent - before) / (double)size);
    }

    private async Task<ChildProcess> StartAsync(ThingFiles thing, string data)
    {
        int granted = scene.CountGranted();
        ChildProcess process = agent.Start(scene.Cloud.Mqtts, thing, data);
        await process.WaitUntilAsync(() => Task.FromResult(scene.CountGranted() > granted), "the subscription");
        return process;
    }

    private static string Document(string url, string file, string checksum) => new JsonObject
    {
        ["version"] = "1.0",
        ["steps"] = new JsonArray(new JsonObject
        {
            ["action"] = new JsonObject
            {
                ["name"] = "Download",
                ["type"] = "download",
                ["input"] = new JsonObject { ["url"] = url, ["path"] = file, ["sha256"] = checksum },
            },
        }),
    }.ToJsonString();

    private static Run Median(List<Run> runs) => runs.OrderBy(run => run.Cpu).ElementAt(runs.Count / 2);

    private sealed record Run(double Seconds, double Cpu, long PeakGrowth, long Growth);
}
