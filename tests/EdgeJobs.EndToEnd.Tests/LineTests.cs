using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Each test has a local cloud with one thing, and a connection to it that can be cut.</summary>
public abstract class LineTests : CloudTests
{
    private protected TcpProxy Line { get; private set; } = null!;

    /// <summary>The command line of an agent that connects through <see cref="Line"/>.</summary>
    private protected string[] RunViaLine => RunVia(new Uri($"mqtts://{Cloud.Mqtts.Host}:{Line.Port}"));

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Line = TcpProxy.To(Cloud.Mqtts.Port);
    }

    public override async Task DisposeAsync()
    {
        await Line.DisposeAsync();
        await base.DisposeAsync();
    }
}
