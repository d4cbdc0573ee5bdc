using EdgeJobs.LocalCloud.Tests.Commands;

namespace EdgeJobs.LocalCloud.Tests.Rest;

/// <summary>One running cloud for the tests of a class; each test uses names of its own.</summary>
public sealed class CloudFixture : IAsyncLifetime
{
    private readonly string _directory = CloudProcess.NewDirectory();

    internal CloudProcess Cloud { get; private set; } = null!;

    internal AwsCli Aws => new(Cloud.Http);

    public async Task InitializeAsync() => Cloud = await CloudProcess.StartAsync(_directory);

    public async Task DisposeAsync()
    {
        await Cloud.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
