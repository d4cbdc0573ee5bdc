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

    public void Dispose()
    {
        // Not disposed of: the loop may be about to use its token, and without a timer it holds nothing.
        _stop.Cancel();
    }

    private async Task RunAsync(CancellationToken stop)
    {
        TimeSpan patience = period / 2;
        using PeriodicTimer timer = new(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                await ping(stop).WaitAsync(patience, time, stop).ConfigureAwait(false);
            }
        }
        catch (TimeoutException)
        {
            dead($"the server has not answered a ping within {patience.TotalSeconds:0.#} s");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Stopped, or the connection broke under the ping; who receives on it hears of that as well.
        }
    }
}
