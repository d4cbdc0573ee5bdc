using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>
/// A network stream that keeps the first bytes it receives: after a failed TLS handshake they show which protocol the server speaks.
/// </summary>
internal sealed class SniffingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private readonly byte[] _first = new byte[5];
    private int _count;

    /// <summary>Called after the first bytes were received.</summary>
    public Action? FirstBytesReceived { get; set; }

    /// <summary>The first bytes received, at most 5.</summary>
    public ReadOnlySpan<byte> First => _first.AsSpan(0, _count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        // SslStream starts each read with an empty one, so that it holds no buffer while idle. That costs two system calls per packet, and
        // the buffer stays in .NET's pool anyway.
        buffer.IsEmpty ? ValueTask.FromResult(0)
        : _count == _first.Length ? base.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (_count == 0 && read > 0)
        {
            FirstBytesReceived?.Invoke();
        }

        int kept = Math.Min(read, _first.Length - _count);
        buffer.Span[..kept].CopyTo(_first.AsSpan(_count));
        _count += kept;
        return read;
    }
}
