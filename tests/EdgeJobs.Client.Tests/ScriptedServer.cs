using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Client.Tests;

/// <summary>A server that answers each packet with the bytes that it is told to: for what Mosquitto can't be brought to do.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public ScriptedServer(params Func<byte[], byte[]>[] answers)
    {
        _listener.Start();
        _serving = ServeAsync(answers);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<byte[], byte[]>[] answers)
    {
        try
        {
            using Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
            byte[] buffer = new byte[4096];
            foreach (Func<byte[], byte[]> answer in answers)
            {
                int read = await socket.ReceiveAsync(buffer, _stop.Token);
                await socket.SendAsync(answer(buffer[..read]), _stop.Token);
            }

            // The connection is left open until the other side closes it or the test ends.
            await socket.ReceiveAsync(buffer, _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over, or the client is gone.
        }
    }
}
