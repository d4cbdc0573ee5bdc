using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>A board with an agent that updates itself from a bucket of the local cloud, and a shell loop as its service manager.</summary>
internal sealed class UpdatingBoard : IAsyncDisposable
{
    public const string Thing = "board-1";

    private const string Bucket = "agents";
    private ChildProcess? _service;
    private string[] _run = [];

    public TestDirectory Scratch { get; } = new();

    public CloudProcess Cloud { get; private set; } = null!;

    /// <summary>The packaged program.</summary>
    public string Package => Scratch["edgejobs"];

    /// <summary>How the processes of the service have ended.</summary>
    public string[] Ends => File.Exists(Scratch["ends"]) ? File.ReadAllLines(Scratch["ends"]) : [];

    public string Log => _service!.Errors;

    /// <summary>What the directory of the slots has.</summary>
    public string[] SlotNames =>
        [.. Directory.GetFileSystemEntries(Slots).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal)];

    /// <summary>The directory of the slots as the agent sees it, which may have a disk of its own.</summary>
    public string SeenSlots => $"/proc/{AgentId}/root{Slots}";

    public string RunningProgram => TryFindProgram() ?? throw new InvalidOperationException("the agent does not run");

    public string Data => Scratch["data"];

    /// <summary>The directory of the slots.</summary>
    public string Slots => Path.Combine(Data, "agent");

    private int AgentId => int.Parse(File.ReadAllText(Path.Combine(Data, "agent.pid")), CultureInfo.InvariantCulture);

    public static async Task<UpdatingBoard> StartAsync()
    {
        UpdatingBoard board = new();
        Directory.CreateDirectory(board.Scratch["bucket"]);
        board.Cloud = await CloudProcess.StartWithBucketAsync(Bucket, board.Scratch["bucket"]);
        ThingFiles files = await board.Cloud.CreateThingAsync(Thing);
        board._run = ["run", .. files.FlagsFor(board.Cloud.Mqtts), "--data_dir", board.Data];
        return board;
    }

    /// <summary>The program of an updated version.</summary>
    public string Slot(string version) => Path.Combine(Slots, version, "edgejobs");

    /// <summary>Starts the packaged program, and starts it again when it ends.</summary>
    /// <param name="diskMegabytes">The size of a disk for <paramref name="directory"/>; 0 for that of this machine.</param>
    /// <param name="directory">Where that disk is mounted; the data directory if null.</param>
    /// <param name="prepare">Commands of the shell before the first start.</param>
    public void StartService(int diskMegabytes = 0, string? directory = null, string prepare = "")
    {
        directory ??= Data;
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(Data, Private);
        Directory.CreateDirectory(directory, Private);
        File.Copy(AgentBinary.X64.File, Package, overwrite: true);
        string loop = $"{prepare}\nwhile [ ! -e {Scratch["stop"]} ]; do \"$@\"; echo $? >> {Scratch["ends"]}; done";
        string disk = $"mount -t tmpfs -o mode=700,size={diskMegabytes}m none {directory} || exit\n";
        _service = diskMegabytes == 0
            ? ChildProcess.Start("sh", ["-c", loop, "sh", Package, .. _run])
            : ChildProcess.Start("unshare", ["-rm", "sh", "-c", disk + loop, "sh", Package, .. _run]);
    }

    /// <summary>Creates a job that updates the agent.</summary>
    public async Task UpdateAsync(string job, string version, string file, int confirmSeconds = 60)
    {
        File.Copy(file, Scratch[$"bucket/{job}"]);
        JsonObject step = new()
        {
            ["name"] = "Update",
            ["type"] = "updateAgent",
            ["input"] = new JsonObject
            {
                ["version"] = version,
                ["url"] = $"${{aws:iot:s3-presigned-url:https://s3.eu-central-1.amazonaws.com/{Bucket}/{job}}}",
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(file))),
                ["confirmSeconds"] = confirmSeconds,
            },
        };
        await Cloud.CreateJobAsync(job, Thing, Documents.Steps(step), urlSeconds: 3600);
    }

    /// <summary>Runs a job, which shows that the agent works. Its step must not know where the packaged program is.</summary>
    public async Task RunJobAsync(string job)
    {
        await Cloud.CreateJobAsync(job, Thing, Documents.Command("sh", "-c", "! env | grep -q PACKAGED"));
        await Cloud.WaitForStatusAsync(Thing, job, "SUCCEEDED");
    }

    /// <summary>Runs jobs until the agent was not killed during one.</summary>
    /// <returns>The program that ran it.</returns>
    public async Task<string> RunUndisturbedJobAsync(string job)
    {
        for (int number = 1; true; number++)
        {
            int ends = Ends.Length;
            await RunJobAsync(string.Create(CultureInfo.InvariantCulture, $"{job}-{number}"));
            if (TryFindProgram() is { } program && Ends.Length == ends)
            {
                return program;
            }
        }
    }

    public Task WaitForLogAsync(string text) => _service!.WaitForLineAsync(l => l.Contains(text, StringComparison.Ordinal), text);

    /// <summary>Kills the agent, which the service starts again.</summary>
    public async Task KillAgentAsync()
    {
        int before = Ends.Length;
        await _service!.WaitForFileAsync(Path.Combine(Data, "agent.pid"));
        Assert.True(ChildProcess.KillById(AgentId));
        await _service!.WaitUntilAsync(() => Task.FromResult(Ends.Length > before), "the end of the agent");
    }

    private string? TryFindProgram()
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{AgentId}/exe", returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Ends the service and removes its data.</summary>
    public async Task ResetAsync()
    {
        await _service!.DisposeAsync();
        _service = null;
        Directory.Delete(Data, recursive: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        await Cloud.DisposeAsync();
        Scratch.Dispose();
    }
}
