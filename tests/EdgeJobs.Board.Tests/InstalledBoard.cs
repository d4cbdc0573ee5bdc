using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>
/// A board with the Debian package, and a local cloud on this machine that has it as a thing. Booted once for all tests of a class or
/// collection: each of them leaves the agent running as <see cref="ConfigureAsync"/> starts it.
/// </summary>
public abstract class InstalledBoard(BoardImage image) : IAsyncLifetime
{
    /// <summary>The name of the thing.</summary>
    public const string Thing = "board-1";

    private const string Bucket = "files";
    private const string DropIn = "/etc/systemd/system/edgejobs.service.d/root-jobs.conf";
    private static readonly TimeSpan JobDeadline = TimeSpan.FromMinutes(10);

    // The board's name for this machine's loopback, which the cloud's certificate contains.
    private static readonly string Host = System.Net.Dns.GetHostName().ToLowerInvariant();

    private readonly TestDirectory _directory = new();

    public BoardImage Image { get; } = image;

    public Board Board { get; private set; } = null!;

    public CloudProcess Cloud { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Directory.CreateDirectory(_directory[Bucket]);
        Cloud = await CloudProcess.StartWithBucketAsync(Bucket, _directory[Bucket], Host);
        ThingFiles files = await Cloud.CreateThingAsync(Thing);
        string later = await MakeLaterAsync();
        Board = await Board.StartAsync(Image);
        await Board.RunAsync($"echo '10.0.2.2 {Host}' >> /etc/hosts");
        await Board.CopyAsync("/root", files.CaFile, files.Certificate, files.Key);
        await Board.CopyAsync("/root/edgejobs.deb", Package);
        await Board.CopyAsync("/root/later.deb", later);
        await Board.RunAsync("dpkg --install /root/edgejobs.deb");
        await ConfigureAsync();
    }

    /// <summary>
    /// Writes settings, certificate and key as the guide does, and starts the service again with what is on the board, as its own user
    /// or, with the drop-in of the package, as root.
    /// </summary>
    public async Task ConfigureAsync(bool asRoot = false, params IEnumerable<(string Name, JsonNode Value)> settings)
    {
        JsonObject json = new()
        {
            ["endpoint"] = $"{Host}:{Cloud.Mqtts.Port}",
            ["thing_name"] = Thing,
            ["cert"] = "/etc/edgejobs/thing.pem",
            ["key"] = "/etc/edgejobs/thing.key",
            ["ca_file"] = "/etc/edgejobs/ca.pem",
        };
        foreach ((string name, JsonNode value) in settings)
        {
            json[name] = value;
        }

        await Board.CopyAsync("/etc/edgejobs", _directory.Write("edgejobs.json", json.ToJsonString()));
        ChildResult start = await Board.TryAsync(
            $"""
            set -e
            install -m 644 /root/ca.pem /etc/edgejobs/ca.pem
            install -m 644 /root/{Thing}.pem /etc/edgejobs/thing.pem
            install -m 600 -o edgejobs /root/{Thing}.key /etc/edgejobs/thing.key
            rm -f {DropIn}
            {(asRoot ? $"install -D -m 644 /usr/share/edgejobs/root-jobs.conf {DropIn}" : "")}
            systemctl daemon-reload
            systemctl restart edgejobs
            """);
        Assert.True(start.ExitCode == 0, $"{start}\n{await LogAsync()}");
    }

    /// <summary>Puts a file into the bucket of the cloud.</summary>
    /// <returns>The members url and sha256 of a step that downloads it.</returns>
    public JsonObject Serve(string name, byte[] content)
    {
        File.WriteAllBytes(Path.Combine(_directory[Bucket], name), content);
        return new JsonObject
        {
            ["url"] = $"${{aws:iot:s3-presigned-url:https://s3.eu-central-1.amazonaws.com/{Bucket}/{name}}}",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
        };
    }

    /// <summary>Creates a job whose URLs are valid for an hour.</summary>
    public Task CreateJobAsync(string jobId, string document) => Cloud.CreateJobAsync(jobId, Thing, document, urlSeconds: 3600);

    /// <summary>Creates a job and waits for its end.</summary>
    public async Task<ExecutionStatus> RunJobAsync(string jobId, string document, string status = "SUCCEEDED")
    {
        await CreateJobAsync(jobId, document);
        return await EndOfAsync(jobId, status);
    }

    /// <summary>Waits for the end of a job; a failure contains the log of the service.</summary>
    public async Task<ExecutionStatus> EndOfAsync(string jobId, string status = "SUCCEEDED")
    {
        try
        {
            return await Cloud.WaitForStatusAsync(Thing, jobId, status, JobDeadline);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{await LogAsync()}", e);
        }
    }

    /// <summary>What the board says about the service.</summary>
    public async Task<string> LogAsync()
    {
        ChildResult log = await Board.TryAsync(
            "systemctl status --no-pager --lines=0 edgejobs; journalctl --unit edgejobs --no-pager --lines 60");
        return log.ToString();
    }

    public async Task DisposeAsync()
    {
        await (Board?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
        _directory.Dispose();
    }

    /// <summary>The package, as ./test.sh builds it.</summary>
    private static string Package
    {
        get
        {
            string version = File.ReadAllText(Repository.PathOf("VERSION")).Trim();
            string package = Repository.PathOf("artifacts", "deb", $"edgejobs_{version}_arm64.deb");
            return File.Exists(package)
                ? package
                : throw new InvalidOperationException($"{package} does not exist; ./test.sh EdgeJobs.Board.Tests builds it");
        }
    }

    // The same package with a later version.
    private async Task<string> MakeLaterAsync()
    {
        string root = _directory["later"];
        string[] steps =
        [
            $"dpkg-deb --raw-extract {Package} {root}",
            $"sed -i s/^Version:.*/Version:\\ 99.0/ {root}/DEBIAN/control",
            $"dpkg-deb --root-owner-group -Zgzip -z1 --build {root} {root}.deb",
        ];
        ChildResult result = await ChildProcess.RunAsync("sh", ["-c", string.Join(" && ", steps)]);
        Assert.True(result.ExitCode == 0, result.ToString());
        return root + ".deb";
    }
}

/// <summary>Debian 12.</summary>
public sealed class Debian12Board() : InstalledBoard(BoardImage.Debian12);

/// <summary>Debian 13.</summary>
public sealed class Debian13Board() : InstalledBoard(BoardImage.Debian13);

/// <summary>Debian 13 with pages of 16 KB, as on a Raspberry Pi 5.</summary>
public sealed class Debian13With16KPagesBoard() : InstalledBoard(BoardImage.Debian13With16KPages);

[CollectionDefinition(Name)]
public sealed class Debian12Tests : ICollectionFixture<Debian12Board>
{
    public const string Name = "Debian 12";
}
