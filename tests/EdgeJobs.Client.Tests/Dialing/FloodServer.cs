using System.Net;
using System.Net.Sockets;
using System.Text;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>Takes a request, answers with a beginning and then with the same line again and again until the client leaves; without such a line it closes.</summary>
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
                // The client has left, or the test is over.
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
