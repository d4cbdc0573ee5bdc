using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>A byte stream to the server that is ready for CONNECT.</summary>
/// <param name="Socket">The TCP connection under it.</param>
/// <param name="Stream">What MQTT is spoken on: TLS, or the socket itself.</param>
/// <param name="Port">The port of the server that it leads to.</param>
internal sealed record ServerStream(Socket Socket, Stream Stream, int Port) : IDisposable
{
    public void Dispose()
    {
        Stream.Dispose();
        Socket.Dispose();
    }
}
