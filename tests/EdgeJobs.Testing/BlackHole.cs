using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Testing;

/// <summary>A port that never answers, as behind a firewall that drops packets: its backlog is full and never accepted.</summary>
public sealed class BlackHole : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _queue = [];

    /// <summary>Fills the backlog of a port.</summary>
    /// <param name="address">The loopback address.</param>
    /// <param name="port">The port; any free one when 0.</param>
    public BlackHole(IPAddress address, int port = 0)
    {
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen(0);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;

        // Connects until the kernel stops answering. On loopback it answers within the call or never.
        while (true)
        {
            Socket filler = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _queue.Add(filler);
            try
            {
                filler.Connect(address, Port);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
            }

            if (!filler.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectWrite))
            {
                // This one hangs: the backlog is full.
                filler.Dispose();
                _queue.Remove(filler);
                return;
            }
        }
    }

    public int Port { get; }

    public void Dispose()
    {
        _queue.ForEach(q => q.Dispose());
        _listener.Dispose();
    }
}
