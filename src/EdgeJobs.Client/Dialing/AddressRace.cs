using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>
/// Connects to the first address of a host that responds (RFC 8305, "happy eyeballs"). Each address has a head start of 250 ms; after a
/// failure the next one is tried immediately. The first connection wins; all others are closed.
/// </summary>
/// <param name="addresses">The addresses in the order of preference.</param>
/// <param name="port">The port.</param>
/// <param name="time">The clock of the head start.</param>
internal sealed class AddressRace(IReadOnlyList<IPAddress> addresses, int port, TimeProvider time)
{
    /// <summary>The connection attempt delay that RFC 8305 recommends.</summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    private readonly SocketError?[] _faults = new SocketError?[addresses.Count];

    /// <summary>The error of an address; null if it has not responded or was not tried.</summary>
    public SocketError? FaultOf(int index) => _faults[index];

    /// <summary>Runs the race.</summary>
    /// <param name="cancellationToken">Cancels all attempts.</param>
    /// <returns>The connection; null if every address has failed.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Socket?> RunAsync(CancellationToken cancellationToken)
    {
        List<Task<Socket?>> running = [];
        Socket? winner = null;
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            int next = 0;
            while (winner is null && (next < addresses.Count || running.Count > 0))
            {
                if (next < addresses.Count)
                {
                    running.Add(TryAsync(next++, over.Token));
                }

                winner = await FirstAsync(running, waitForAll: next == addresses.Count, over.Token).ConfigureAwait(false);
                if (winner is null)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            return winner;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            foreach (Task<Socket?> loser in running)
            {
                (await loser.ConfigureAwait(false))?.Dispose();
            }
        }
    }

    /// <summary>Waits until one attempt has ended or, if addresses are left, the head start is over.</summary>
    private async Task<Socket?> FirstAsync(List<Task<Socket?>> running, bool waitForAll, CancellationToken cancellationToken)
    {
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task headStart = Task.Delay(waitForAll ? Timeout.InfiniteTimeSpan : HeadStart, time, enough.Token);
        Task first = await Task.WhenAny([.. running, headStart]).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        if (first is not Task<Socket?> ended)
        {
            return null;
        }

        running.Remove(ended);
        return await ended.ConfigureAwait(false);
    }

    private async Task<Socket?> TryAsync(int index, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(addresses[index].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(addresses[index], port), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException e)
        {
            _faults[index] = e.SocketErrorCode;
        }
        catch (OperationCanceledException)
        {
            // Another attempt was faster, or the time-out has elapsed.
        }

        socket?.Dispose();
        return null;
    }
}
