using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Each test has a local cloud with one thing, and a bucket with one file of random bytes.</summary>
/// <param name="size">The size of the file.</param>
public abstract class BucketTests(int size) : IAsyncLifetime
{
    private protected const string Thing = "pump-7";
    private protected const string Key = "pump 2.1.bin";

    private protected TestDirectory Scratch { get; } = new();

    private protected byte[] Content { get; } = RandomNumberGenerator.GetBytes(size);

    private protected CloudProcess Cloud { get; private set; } = null!;

    /// <summary>The command line of an agent of the thing that ends when no job is pending, without the program.</summary>
    private protected string[] Run { get; private set; } = [];

    private protected string Target => Scratch["files/pump.bin"];

    private protected string Data => Scratch["data"];

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Scratch["bucket/releases"]);
        Directory.CreateDirectory(Scratch["files"]);
        Directory.CreateDirectory(Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllBytesAsync(Scratch["bucket/releases/" + Key], Content);
        Cloud = await CloudProcess.StartWithBucketAsync("pump-files", Scratch["bucket"]);
        ThingFiles files = await Cloud.CreateThingAsync(Thing);
        Run = ["run", .. files.FlagsFor(Cloud.Mqtts), "--data_dir", Data, "--once"];
    }

    public async Task DisposeAsync()
    {
        await Cloud.DisposeAsync();
        Scratch.Dispose();
    }

    private protected void AssertWhole()
    {
        Assert.Equal(Content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(Scratch["files"]));
    }

    /// <summary>The first byte of each request that the cloud served since its last start.</summary>
    private protected long[] Starts() =>
    [
        .. Cloud.Log.Split('\n').Where(l => l.Contains("Serving /pump-files/", StringComparison.Ordinal)).Select(l =>
            l.Split("bytes=") is [_, var range] ? long.Parse(range.Split('-')[0], CultureInfo.InvariantCulture) : 0),
    ];

    /// <summary>A job document with one download.</summary>
    private protected string Document(string placeholder, string name, string file = "pump.bin")
    {
        JsonObject step = new()
        {
            ["name"] = "Download",
            ["type"] = "download",
            ["input"] = new JsonObject
            {
                ["url"] = $"${{aws:iot:{placeholder}:https://s3.eu-central-1.amazonaws.com/pump-files/releases/{name}}}",
                ["path"] = Scratch["files/" + file],
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(Content)),
                ["size"] = Content.Length,
            },
        };
        return Documents.Steps(step);
    }
}
