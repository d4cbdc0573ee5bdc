using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Each test has a local cloud with one thing, and a directory.</summary>
public abstract class CloudTests : IAsyncLifetime
{
    private protected const string Thing = "board-1";

    private protected TestDirectory Scratch { get; } = new();

    private protected CloudProcess Cloud { get; private set; } = null!;

    private protected ThingFiles Files { get; private set; } = null!;

    /// <summary>The command line of an agent of the thing, without the program.</summary>
    private protected string[] Run => RunVia(Cloud.Mqtts);

    public virtual async Task InitializeAsync()
    {
        Cloud = await CloudProcess.StartAsync();
        Files = await Cloud.CreateThingAsync(Thing);
    }

    public virtual async Task DisposeAsync()
    {
        await Cloud.DisposeAsync();
        Scratch.Dispose();
    }

    /// <summary>The same command line, with another address in place of the cloud's.</summary>
    private protected string[] RunVia(Uri endpoint) => ["run", .. Files.FlagsFor(endpoint), "--data_dir", Scratch["agent"]];
}
