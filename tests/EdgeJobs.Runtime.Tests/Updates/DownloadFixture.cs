using System.Security.Cryptography;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Runtime.Text;
using EdgeJobs.Runtime.Updates;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Runs download steps against a server in this process.</summary>
internal sealed class DownloadFixture : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private FileServer? _server;

    public DownloadFixture(int size = 1_000_001)
    {
        Content = RandomNumberGenerator.GetBytes(size);
        Certificates = new TestCertificates(Directory.CreateDirectory(_directory["pki"]).FullName);
        Directory.CreateDirectory(_directory["data"]);
        Directory.CreateDirectory(_directory["files"]);
        Options = new DownloadOptions
        {
            Connection = new MqttConnectionOptions { Host = "unused", ClientId = "unused", CaFile = Certificates.CaFile },
            DataDirectory = _directory["data"],
            Backoff = new RetryBackoff(new Random(1), TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)),
            CheckpointBytes = 100_000,
            Attempts = 5,
            Logger = Log,
        };
        Target = _directory["files/update.bin"];
    }

    public byte[] Content { get; }

    public TestCertificates Certificates { get; }

    public DownloadOptions Options { get; set; }

    public LineLogger Log { get; } = new();

    public ProgressList Progress { get; } = new();

    public FileServer Server => _server ??= FileServer.Start(Content, Certificates);

    /// <summary>The path of the file to download.</summary>
    public string Target { get; set; }

    public string Record => _directory["data/" + ResumeRecord.FileName];

    /// <summary>What is in the directory of the target.</summary>
    public string[] Files => [.. Directory.GetFileSystemEntries(Path.GetDirectoryName(Target)!).Order(StringComparer.Ordinal)];

    public string PathOf(string name) => _directory[name];

    public static string Sum(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public StepAction.Download Plan(params string[] urls) =>
        new(urls.Length == 0 ? [Server.Url] : urls, Target) { Sha256 = Sum(Content) };

    public Task<StepResult> RunAsync(StepAction.Download? plan = null, CancellationToken cancellationToken = default) =>
        RunAsync(new StepPlan { Name = "fetch", Action = plan ?? Plan() }, null, cancellationToken);

    public Task<StepResult> RunAsync(
        StepPlan step, Func<CancellationToken, ValueTask<StepPlan?>>? refresh, CancellationToken cancellationToken = default)
    {
        StepContext context = new("pump-7", "job-1", 3, 2, 5, step) { Refresh = refresh };
        DownloadStepRunner runner = new(new NoOthers(), Options);
        return Wait.ForAsync(runner.RunAsync(context, Progress, cancellationToken).AsTask(), "the end of the download");
    }

    /// <summary>Downloads, which must succeed and leave only the file.</summary>
    public async Task SucceedAsync(StepAction.Download? plan = null)
    {
        StepResult result = await RunAsync(plan);
        Assert.True(result is { End: StepEnd.Returned, Code: 0 }, $"{result.Describe()}\n{string.Join('\n', Log.Lines)}");
        AssertWhole();
    }

    /// <summary>Downloads, which must fail and leave nothing but the file that was there before.</summary>
    public async Task<string> FailAsync(StepAction.Download? plan = null)
    {
        string[] before = Directory.Exists(Path.GetDirectoryName(Target)) ? Files : [];
        StepResult result = await RunAsync(plan);
        Assert.True(result is { End: StepEnd.Returned, Code: 1 } or { End: StepEnd.NotStarted }, "it succeeded");
        Assert.Equal(before, Directory.Exists(Path.GetDirectoryName(Target)) ? Files : []);
        Assert.DoesNotContain("secret", result.Fault + string.Join('\n', Log.Lines), StringComparison.Ordinal);
        return result.Fault;
    }

    /// <summary>Downloads up to so many bytes, then the agent stops.</summary>
    public async Task InterruptAsync(int after)
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Hold(after, reached);
        using CancellationTokenSource stop = new();
        Task<StepResult> running = RunAsync(cancellationToken: stop.Token);
        await Wait.ForAsync(reached.Task, "the middle of the file");
        string part = Assert.Single(Files);
        while (!running.IsCompleted && new FileInfo(part).Length < after)
        {
            await Task.Delay(1, CancellationToken.None);
        }

        await stop.CancelAsync();
        Assert.True((await running).WasCanceled);
        Assert.Equal([part], Files);
    }

    public void AssertWhole(byte[]? content = null)
    {
        Assert.Equal([Target], Files);
        Assert.Equal(content ?? Content, File.ReadAllBytes(Target));
        Assert.False(File.Exists(Record));
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Certificates.Dispose();
        _directory.Dispose();
    }

    private sealed class NoOthers : IStepRunner
    {
        public ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("not a download");
    }
}
