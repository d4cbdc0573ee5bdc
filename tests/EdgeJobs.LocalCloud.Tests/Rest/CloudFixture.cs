using EdgeJobs.LocalCloud.Tests.Commands;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Rest;

/// <summary>One running cloud for all tests of a class; each test uses its own names.</summary>
public sealed class CloudFixture : IAsyncLifetime, IDisposable
{
    private readonly TestDirectory _directory = new();

    internal CloudServer Cloud { get; private set; } = null!;

    internal AwsCli Aws => new(Cloud.Http);

    public async Task InitializeAsync() => Cloud = await CloudServer.StartAsync(_directory.Path);

    public async Task DisposeAsync() => await Cloud.DisposeAsync();

    public void Dispose() => _directory.Dispose();
}
