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
    public void Probe(TimeSpan patience) => _ = ProbeAsync(patience < period / 2 ? patience : period / 2, _stop.Token);

    public void Dispose()
    {
        // Not disposed of: the loop may be about to use its token, and without a timer it holds nothing.
        _stop.Cancel();
    }

    /// <summary>Pings in each period. One timer watches over all of them: while nothing happens, nothing is allocated here.</summary>
    private async Task RunAsync(CancellationToken stop)
    {
        TimeSpan patience = period / 2;
        using PeriodicTimer timer = new(period, time);
        ITimer deadline = time.CreateTimer(static self => ((KeepAlive)self!).OnDeadline(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using (deadline.ConfigureAwait(false))
        {
            try
            {
                while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
                {
                    deadline.Change(patience, Timeout.InfiniteTimeSpan);
                    await ping(stop).ConfigureAwait(false);
                    deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                }
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Stopped, or the connection broke under the ping; who receives on it hears of that as well.
            }
        }
    }

    private void OnDeadline() => Tell(period / 2);

    private void Tell(TimeSpan patience) => dead($"the server has not answered a ping within {patience.TotalSeconds:0.#} s");

    /// <summary>Pings once, beside the others.</summary>
    private async Task ProbeAsync(TimeSpan patience, CancellationToken stop)
    {
        try
        {
            await ping(stop).WaitAsync(patience, time, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Tell(patience);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // As above.
        }
    }
}
