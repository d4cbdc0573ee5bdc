using System.Globalization;
using EdgeJobs.PowerCut.Tests.Tracing;
using EdgeJobs.Testing;

namespace EdgeJobs.PowerCut.Tests.Recording;

/// <summary>
/// Records what the native agent does on its disk and where others see it: it is provisioned, runs jobs with every feature, is ended by one
/// of them and starts again, has jobs cancelled and replaced under it, and fills its journal until it is compacted.
/// </summary>
internal sealed class Recorder : IAsyncDisposable
{
    private const string Thing = "pump-1";
    private const string RootFile = "root";

    // Enough to exceed 1 MB: then the journal is compacted while a job is under way.
    private const int LargeJobs = 25;
    private const int SmallJobs = 6;
    private readonly TestDirectory _directory = new();
    private readonly JobDocuments _documents;
    private readonly CloudProcess _cloud;
    private readonly string _traces;
    private int _runs;

    private Recorder(CloudProcess cloud, string? kept)
    {
        _cloud = cloud;
        _traces = Directory.CreateDirectory(kept ?? _directory["traces"]).FullName;
        _documents = new JobDocuments(_directory["handlers"], _directory["scratch"]);
    }

    /// <summary>The data directory, relative to the root of the disk. The agent creates its parent, too.</summary>
    public const string DataDirectory = "lib/edgejobs";

    /// <summary>The name of the jobs that fill the journal.</summary>
    public const string Large = "large";

    /// <summary>
    /// Makes a recording. With EDGEJOBS_TEST_POWER_CUT_TRACE, a directory: keeps its traces there, or reads those that are there.
    /// </summary>
    public static async Task<IReadOnlyList<TraceEvent>> RecordAsync()
    {
        string? kept = Environment.GetEnvironmentVariable("EDGEJOBS_TEST_POWER_CUT_TRACE");
        if (kept is not null && File.Exists(Path.Combine(kept, RootFile)))
        {
            return Read(kept);
        }

        await using Recorder recorder = new(await CloudProcess.StartAsync(), kept);
        await recorder.RunAsync();
        return Read(recorder._traces);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    private async Task RunAsync()
    {
        foreach (string name in new[] { "handlers", "scratch", "disk" })
        {
            Directory.CreateDirectory(_directory[name]);
        }

        File.SetUnixFileMode(
            _directory.Write("handlers/handler.sh", "#!/bin/sh\necho handled\n"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await _cloud.CallAsync(["template", "create", "pumps", "--body", _directory.Write("template.json", PumpTemplate.Body)]);
        await _cloud.CallAsync(["claim", "create", "pumps", "--out", _directory["claim"]]);
        await _cloud.RegisterThingAsync(Thing);
        await CreateAsync("all", _documents.All());
        await CreateAsync("reboot", _documents.Reboot());
        await CreateAsync("bad", JobDocuments.Fails());
        await using (ChildProcess first = Start())
        {
            await first.WaitForExitAsync();
        }

        await using ChildProcess agent = Start();
        await WaitForEndAsync("bad");
        await CreateAsync("canceled", _documents.Endless("canceled"));
        await agent.WaitForFileAsync(_directory["scratch/canceled"]);
        await _cloud.CancelJobAsync("canceled");

        await CreateAsync("twice", _documents.Endless("old"));
        await agent.WaitForFileAsync(_directory["scratch/old"]);
        await _cloud.DeleteJobAsync("twice");
        await CreateAsync("twice", JobDocuments.Small("again", steps: 2));
        await WaitForEndAsync("twice");
        for (int i = 1; i <= LargeJobs; i++)
        {
            await CreateAsync(Numbered(Large, i), JobDocuments.Large(Numbered(Large, i)));
        }

        for (int i = 1; i <= SmallJobs; i++)
        {
            await CreateAsync(Numbered("small", i), JobDocuments.Small(Numbered("small", i)));
        }

        await WaitForEndAsync(Numbered("small", SmallJobs));
        await agent.WaitForLineAsync(line => line.EndsWith("waiting for jobs", StringComparison.Ordinal), "an idle agent");
        int process = int.Parse(
            await File.ReadAllTextAsync(_directory[$"disk/{DataDirectory}/agent.pid"]), CultureInfo.InvariantCulture);
        ChildProcess.KillById(process);
        await agent.WaitForExitAsync();
        await File.WriteAllTextAsync(Path.Combine(_traces, RootFile), _directory["disk"]);
    }

    private static IReadOnlyList<TraceEvent> Read(string traces)
    {
        TraceReader reader = new(File.ReadAllText(Path.Combine(traces, RootFile)));
        return [.. Directory.GetFiles(traces, "trace-*").Order(StringComparer.Ordinal).SelectMany(f => reader.Read(File.ReadLines(f)))];
    }

    private static string Numbered(string word, int number) => string.Create(CultureInfo.InvariantCulture, $"{word}-{number}");

    private Task CreateAsync(string job, string document) => _cloud.CreateJobAsync(job, Thing, document);

    private Task<ExecutionStatus> WaitForEndAsync(string job) => _cloud.WaitForEndAsync(Thing, job, TimeSpan.FromMinutes(4));

    private ChildProcess Start()
    {
        string trace = Path.Combine(_traces, Numbered("trace", ++_runs));
        return ChildProcess.Start(
            "strace",
            [
                "-f", "-qq", "-y", "-v", "-xx", "-s", "1000000", "--seccomp-bpf", "-o", trace, "-e", $"trace={TraceReader.Calls}",
                AgentBinary.X64.Program, "run", "--endpoint", $"{_cloud.Mqtts.Host}:{_cloud.Mqtts.Port}", "--ca_file", _cloud.CaFile,
                "--claim_cert", _directory["claim/claim.pem"], "--claim_key", _directory["claim/claim.key"],
                "--provisioning_template", "pumps", "--provisioning_parameters", """{"SerialNumber":"1"}""",
                "--data_dir", _directory[$"disk/{DataDirectory}"], "--log_level", "debug", "--keep_jobs", "4", "--poll_interval", "0",
            ]);
    }
}
