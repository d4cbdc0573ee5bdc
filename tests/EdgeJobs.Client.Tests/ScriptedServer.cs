using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// A server with scripted answers, for what Mosquitto can't do. A null answer closes the connection. After the last answer the connection
/// stays open without further answers.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    /// <summary>Serves one connection.</summary>
    public ScriptedServer(params Func<byte[], byte[]?>[] answers)
        : this([answers])
    {
    }

    /// <summary>Serves connections one at a time.</summary>
    public ScriptedServer(params Func<byte[], byte[]?>[][] connections)
    {
        _listener.Start();
        _serving = Task.Run(async () =>
        {
            foreach (Func<byte[], byte[]?>[] answers in connections)
            {
                await ServeAsync(answers);
            }
        });
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<byte[], byte[]?>[] answers)
    {
        try
        {
            using Socket socket = await _listener.AcceptSocketAsync(_stop.Token);
            byte[] buffer = new byte[4096];
            foreach (Func<byte[], byte[]?> answer in answers)
            {
                int read = await socket.ReceiveAsync(buffer, _stop.Token);
                if (read == 0 || answer(buffer[..read]) is not { } bytes)
                {
                    return;
                }

                await socket.SendAsync(bytes, _stop.Token);
            }

            while (await socket.ReceiveAsync(buffer, _stop.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test has ended, or the client has closed.
        }
    }
}
