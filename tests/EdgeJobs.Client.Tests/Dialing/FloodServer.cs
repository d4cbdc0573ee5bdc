using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>
/// Reads a request, sends the start of an answer and then repeats a line until the client closes; without such a line the server closes.
/// </summary>
internal sealed class FloodServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public FloodServer(string beginning, string? line)
    {
        _listener.Start();
        _serving = Task.Run(async () =>
        {
            try
            {
                using Socket socket = await _listener.AcceptSocketAsync();
                await socket.ReceiveAsync(new byte[4096]);
                await socket.SendAsync(Encoding.Latin1.GetBytes(beginning));
                while (line is not null)
                {
                    await socket.SendAsync(Encoding.Latin1.GetBytes(line));
                }
            }
            catch (SocketException)
            {
                // The client has closed, or the test has ended.
            }
        });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }
}
