using EdgeJobs.Client;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Runtime.Text;
using EdgeJobs.Runtime.Updates;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>A board whose systemctl is a script, for the steps that the agent does itself.</summary>
internal sealed class StepBoard : IDisposable
{
    private readonly TestDirectory _directory = new();

    public StepBoard()
    {
        Directory.CreateDirectory(this["bin"]);
        Directory.CreateDirectory(this["data"]);
    }

    public string Path => _directory.Path;

    public ProgressList Progress { get; } = new();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public ExecutionPolicy? Policy { get; set; }

    /// <summary>The calls of systemctl, if its script writes them.</summary>
    public string[] Calls => File.Exists(this["calls"]) ? File.ReadAllLines(this["calls"]) : [];

    public string this[string name] => _directory[name];

    public void Dispose() => _directory.Dispose();

    public string Write(string name, string text) => _directory.Write(name, text);

    public void WriteSystemctl(string script) => File.SetUnixFileMode(
        Write("bin/systemctl", $"#!/bin/sh\n{script}\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    public ProcessStepRunner Processes() => new(
        new ProcessStepOptions
        {
            HandlerDirectory = "/nowhere",
            Grace = TimeSpan.FromSeconds(30),
            Environment = new Dictionary<string, string> { ["PATH"] = this["bin"] + ":/usr/bin:/bin" },
            Policy = Policy,
        },
        StepRunnerFixture.Launcher);

    public DownloadOptions Options(string? caFile = null) => new()
    {
        Connection = new MqttConnectionOptions
        {
            Host = "unused",
            ClientId = "unused",
            CaFile = caFile,
            Proxy = HttpProxy.TryParse("http://127.0.0.1:1", out HttpProxy? proxy, out _) ? proxy : null,
        },
        DataDirectory = this["data"],
        Backoff = new RetryBackoff(new Random(1)),
        Time = Time,
        Policy = Policy,
        SearchPath = this["bin"] + ":/usr/bin:/bin",
        UnitInterval = TimeSpan.Zero,
        SpareBytes = 0,
    };

    public static void AssertGood(StepResult result) =>
        Assert.True(result is { End: StepEnd.Returned, Code: 0, TimedOutAfter: null }, result.Describe());

    public Task<StepResult> RunAsync(IStepRunner runner, StepContext context, CancellationToken cancellationToken = default) =>
        Wait.ForAsync(runner.RunAsync(context, Progress, cancellationToken).AsTask(), "the end of the step");
}
