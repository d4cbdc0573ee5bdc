using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>An open byte stream to the server, ready for CONNECT.</summary>
/// <param name="Socket">The TCP connection.</param>
/// <param name="Stream">The stream that carries MQTT: TLS, or the socket itself.</param>
/// <param name="Port">The server's port.</param>
internal sealed record ServerStream(Socket Socket, Stream Stream, int Port) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Socket.Dispose();
    }
}
