using EdgeJobs.LocalCloud.Jobs;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>Connects to the service as the device of the vectors.</summary>
internal interface IReplay : IAsyncDisposable
{
    ManualClock Clock { get; }

    JobsService Service { get; }

    Task SendAsync(string topic, byte[] payload);

    Task<Received> NextAsync();

    /// <summary>Fails if another message has arrived for the device.</summary>
    Task ExpectSilenceAsync();
}

/// <summary>The service without a broker.</summary>
internal sealed class DirectReplay : IReplay
{
    private readonly Cloud _cloud = new();

    public ManualClock Clock => _cloud.Clock;

    public JobsService Service => _cloud.Service;

    public Task SendAsync(string topic, byte[] payload)
    {
        _cloud.Service.HandleRequest(_cloud.Gateway, "device", topic, payload);
        return Task.CompletedTask;
    }

    public Task<Received> NextAsync() => Task.FromResult(_cloud.Gateway.Take().Message);

    public Task ExpectSilenceAsync()
    {
        Assert.Empty(_cloud.Gateway.Drain());
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _cloud.Dispose();
        return default;
    }
}
