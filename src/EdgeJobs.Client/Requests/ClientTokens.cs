using System.Buffers.Text;

namespace EdgeJobs.Client.Requests;

/// <summary>
/// Creates and recognizes the tokens that correlate replies with requests. A token is 16 hexadecimal digits: half are random per client, so
/// that replies to an earlier run of the program do not match; half are a counter.
/// </summary>
internal sealed class ClientTokens(Random random)
{
    /// <summary>The length of a token in bytes.</summary>
    public const int Length = 16;

    private readonly uint _instance = (uint)random.NextInt64(1L << 32);
    private uint _last;

    /// <summary>The random part of all tokens.</summary>
    public uint Instance => _instance;

    /// <summary>The number of a new token.</summary>
    public uint Next() => Interlocked.Increment(ref _last);

    /// <summary>Writes a token: <see cref="Length"/> bytes of ASCII.</summary>
    public void Write(uint number, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(((ulong)_instance << 32) | number, destination, out _, new System.Buffers.StandardFormat('x', Length));
    }

    /// <summary>Reads the number of a token.</summary>
    /// <returns>False if it is not a token of this client.</returns>
    public bool TryRead(ReadOnlySpan<byte> token, out uint number)
    {
        number = 0;
        if (token.Length != Length || !Utf8Parser.TryParse(token, out ulong value, out int consumed, 'x') || consumed != Length
            || (uint)(value >> 32) != _instance)
        {
            return false;
        }

        number = (uint)value;
        return true;
    }
}
