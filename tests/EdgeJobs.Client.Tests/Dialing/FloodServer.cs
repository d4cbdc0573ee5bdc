using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>
/// Reads a request, sends the start of an answer and then repeats a line until the client closes; without such a line the server closes.
/// </summary>
internal sealed class FloodServer(string beginning, string? line) : IAsyncDisposable
{
    private readonly TestListener _listener = new(async (stream, stop) =>
    {
        await stream.Socket.ReceiveAsync(new byte[4096], stop);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(beginning), stop);
        while (line is not null)
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(line), stop);
        }
    });

    public int Port => _listener.Port;

    public ValueTask DisposeAsync() => _listener.DisposeAsync();
}
