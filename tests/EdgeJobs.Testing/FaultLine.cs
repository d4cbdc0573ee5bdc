using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Testing;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
/// <param name="near">The connection to the client.</param>
/// <param name="fault">What happens to it.</param>
/// <param name="before">The previous connection, when it must be closed late.</param>
internal sealed class FaultLine(Socket near, LineFault fault, FaultLine? before)
{
    /// <summary>The bytes from the client after which TLS, CONNECT and SUBSCRIBE are done.</summary>
    private const int InUse = 2_500;

    /// <summary>How long a late close waits for the next connection.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan TrickleTime = TimeSpan.FromSeconds(12);
    private readonly Socket _far = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _up;
    private int _down;
    private int _packets;
    private bool _isSilent;
    private byte[] _lateBytes = [];
    private long _trickledSince;

    /// <summary>Whether the fault has happened.</summary>
    public bool HasHappened { get; private set; }

    /// <summary>Closes it in any state.</summary>
    public void Close()
    {
        _closed.Cancel();
        near.Dispose();
        _far.Dispose();
    }

    public async Task RunAsync(int target)
    {
        near.NoDelay = true;
        try
        {
            await _far.ConnectAsync(IPAddress.Loopback, target, _closed.Token);
            Task up = PassAsync(near, _far, up: true);
            await Task.WhenAny(up, PassAsync(_far, near, up: false));
            if (_isSilent)
            {
                // The client does not see the close of the server either.
                await up;
            }

            if (HasHappened && fault.Kind is FaultKind.LateClose or FaultKind.LateBytes)
            {
                await EndLateAsync();
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // One side has closed: close the other.
        }
        finally
        {
            before?._released.TrySetResult();
            Close();
        }
    }

    private static bool IsEnd(Exception e) => e is SocketException or ObjectDisposedException or OperationCanceledException;

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (IsEnd(e))
        {
            // It is closed already.
        }

        socket.Dispose();
    }

    private async Task PassAsync(Socket from, Socket to, bool up)
    {
        byte[] buffer = new byte[4096];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _closed.Token)) > 0)
            {
                if (!await PassAsync(to, buffer.AsMemory(0, read), up))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (IsEnd(e))
        {
            // Both directions end together.
        }
    }

    /// <summary>Forwards a packet, or the part that the fault leaves; false when the connection has ended.</summary>
    private async Task<bool> PassAsync(Socket to, ReadOnlyMemory<byte> packet, bool up)
    {
        int passed = up ? Interlocked.Add(ref _up, packet.Length) : Interlocked.Add(ref _down, packet.Length);
        if (up && passed >= InUse)
        {
            before?._released.TrySetResult();
        }

        int count = Interlocked.Increment(ref _packets);
        bool isPacket = fault.Kind == FaultKind.ResetPacket;
        bool isDue = fault.Kind != FaultKind.None && (isPacket ? count >= fault.After : fault.Up == up && passed > fault.After);
        if (_isSilent)
        {
            return true;
        }

        if (!isDue)
        {
            await SendAsync(to, packet);
            return true;
        }

        HasHappened = true;
        int intact = isPacket ? 0 : Math.Max(0, fault.After - (passed - packet.Length));
        ReadOnlyMemory<byte> rest = packet[intact..];
        await SendAsync(to, packet[..intact]);
        switch (fault.Kind)
        {
            case FaultKind.Reset or FaultKind.ResetPacket:
                Reset(near);
                Reset(_far);
                return false;
            case FaultKind.HalfOpen:
                _isSilent = true;
                return true;
            case FaultKind.Delay:
                await Task.Delay(passed - packet.Length > fault.After ? 0 : fault.Milliseconds, _closed.Token);
                await SendAsync(to, rest);
                return true;
            case FaultKind.Trickle:
                await TrickleAsync(to, rest);
                return true;
            case FaultKind.LateBytes:
                await Task.Delay(fault.Milliseconds, _closed.Token);
                Reset(near);
                _lateBytes = rest.ToArray();
                return false;
            case FaultKind.LateClose:
                Reset(near);
                return false;
            default:
                // Cut: both ends see an orderly close.
                return false;
        }
    }

    private async Task TrickleAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        long began = _trickledSince = _trickledSince == 0 ? TimeProvider.System.GetTimestamp() : _trickledSince;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (TimeProvider.System.GetElapsedTime(began) > TrickleTime)
            {
                await SendAsync(to, bytes[i..]);
                return;
            }

            await SendAsync(to, bytes.Slice(i, 1));
            await Task.Delay(fault.Milliseconds, _closed.Token);
        }
    }

    private async Task EndLateAsync()
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(_closed.Token);
        patience.CancelAfter(Longest);
        try
        {
            await _released.Task.WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!_closed.IsCancellationRequested)
        {
            // There was no next connection.
        }

        await SendAsync(_far, _lateBytes);
    }

    private async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int sent = await to.SendAsync(bytes, _closed.Token);
            bytes = bytes[sent..];
        }
    }
}
