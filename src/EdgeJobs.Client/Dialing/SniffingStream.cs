using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>A network stream that keeps the first bytes it receives: when no TLS comes about, they tell what speaks there instead.</summary>
internal sealed class SniffingStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private readonly byte[] _first = new byte[5];
    private int _count;

    /// <summary>Told when the first bytes are there.</summary>
    public Action? FirstBytesReceived { get; set; }

    /// <summary>The first bytes received, at most 5.</summary>
    public ReadOnlySpan<byte> First => _first.AsSpan(0, _count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        // SslStream asks for nothing before it asks for something, to be without a buffer as long as nothing comes. Here it costs
        // two calls of the system for each packet; the buffer stays in .NET's pool anyhow.
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
