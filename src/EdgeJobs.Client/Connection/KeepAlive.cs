namespace EdgeJobs.Client;

/// <summary>
/// Pings the server once in each period and tells when an answer stays out. MQTTnet's own loop wakes four times a second,
/// and ends without a word when a ping can't even be sent.
/// </summary>
/// <param name="period">The time between pings.</param>
/// <param name="time">The clock.</param>
/// <param name="ping">Sends a ping; ends when the answer is there.</param>
/// <param name="dead">Told once, when no answer has come within half a period: the server waits no longer either.</param>
internal sealed class KeepAlive(TimeSpan period, TimeProvider time, Func<CancellationToken, Task> ping, Action<string> dead) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public void Start() => _ = RunAsync(_stop.Token);

    /// <summary>Pings at once, beside the pings that are due.</summary>
    /// <param name="patience">How long the answer may take; half a period if that is shorter.</param>
    public void Probe(TimeSpan patience) => _ = PingAsync(patience < period / 2 ? patience : period / 2, _stop.Token);

    public void Dispose()
    {
        // Not disposed of: the loop may be about to use its token, and without a timer it holds nothing.
        _stop.Cancel();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        using PeriodicTimer timer = new(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false) && await PingAsync(period / 2, stop).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Pings once; false when there is no more to do.</summary>
    private async Task<bool> PingAsync(TimeSpan patience, CancellationToken stop)
    {
        try
        {
            await ping(stop).WaitAsync(patience, time, stop).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            dead($"the server has not answered a ping within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Stopped, or the connection broke under the ping; who receives on it hears of that as well.
        }

        return false;
    }
}
