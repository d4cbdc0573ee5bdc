using System.Buffers.Binary;
using System.Net.Sockets;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>
/// A relay to a TLS server that records the server's first, unencrypted bytes: they show whether a session was resumed.
/// </summary>
internal sealed class HandshakeTap : IAsyncDisposable
{
    private const byte HandshakeRecord = 22;
    private const byte ServerHello = 2;
    private const byte Certificate = 11;
    private const int SupportedVersions = 43;
    private const int PreSharedKey = 41;

    private readonly int _target;
    private readonly Lock _gate = new();
    private readonly List<List<byte>> _heard = [];
    private readonly TestListener _listener;

    private HandshakeTap(int target)
    {
        _target = target;
        _listener = new TestListener(PassAsync);
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => _listener.Port;

    /// <summary>For each connection, whether its handshake resumed a session.</summary>
    public bool[] Resumed
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard.Select(heard => IsResumed([.. heard]))];
            }
        }
    }

    /// <summary>Starts the relay.</summary>
    /// <param name="target">The server's port on 127.0.0.1.</param>
    public static HandshakeTap To(int target) => new(target);

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    /// <summary>In TLS 1.3 the server accepts the session's key with an extension; in TLS 1.2 it omits its certificate.</summary>
    private static bool IsResumed(byte[] flight)
    {
        List<byte> messages = [];
        for (int at = 0; at + 5 <= flight.Length && flight[at] == HandshakeRecord;)
        {
            int end = Math.Min(flight.Length, at + 5 + BinaryPrimitives.ReadUInt16BigEndian(flight.AsSpan(at + 3)));
            messages.AddRange(flight[(at + 5)..end]);
            at = end;
        }

        byte[] plain = [.. messages];
        HashSet<int> kinds = [];
        HashSet<int> extensions = [];
        for (int at = 0; at + 4 <= plain.Length;)
        {
            int length = (plain[at + 1] << 16) | BinaryPrimitives.ReadUInt16BigEndian(plain.AsSpan(at + 2));
            kinds.Add(plain[at]);
            if (plain[at] == ServerHello)
            {
                ReadExtensions(plain.AsSpan(at + 4, length), extensions);
            }

            at += 4 + length;
        }

        Assert.Contains(ServerHello, kinds);
        return extensions.Contains(SupportedVersions) ? extensions.Contains(PreSharedKey) : !kinds.Contains(Certificate);
    }

    private static void ReadExtensions(ReadOnlySpan<byte> hello, HashSet<int> extensions)
    {
        // Version, random, session id, cipher, compression, and the length of the extensions.
        ReadOnlySpan<byte> rest = hello[(2 + 32 + 1 + hello[34] + 2 + 1 + 2)..];
        while (rest.Length >= 4)
        {
            extensions.Add(BinaryPrimitives.ReadUInt16BigEndian(rest));
            rest = rest[(4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))..];
        }
    }

    private async Task PassAsync(NetworkStream near, CancellationToken stop)
    {
        List<byte> heard = [];
        lock (_gate)
        {
            _heard.Add(heard);
        }

        await using NetworkStream far = await TestListener.ConnectAsync(_target, stop);
        await Task.WhenAny(near.CopyToAsync(far, stop), ListenAsync(far, near, heard, stop));
    }

    private async Task ListenAsync(NetworkStream server, NetworkStream client, List<byte> heard, CancellationToken stop)
    {
        byte[] buffer = new byte[4096];
        while (await server.ReadAsync(buffer, stop) is > 0 and int length)
        {
            lock (_gate)
            {
                heard.AddRange(buffer.AsSpan(0, length));
            }

            await client.WriteAsync(buffer.AsMemory(0, length), stop);
        }
    }
}
