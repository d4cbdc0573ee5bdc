using System.Buffers.Text;

namespace EdgeJobs.Client.Requests;

/// <summary>
/// Makes the tokens that tie replies to requests, and knows them again: 16 hexadecimal digits, half of them drawn once for
/// each client, so that replies to an earlier run of the program are not taken for ours, and half of them counted.
/// </summary>
internal sealed class ClientTokens(Random random)
{
    /// <summary>The length of a token in bytes.</summary>
    public const int Length = 16;

    private readonly uint _instance = (uint)random.NextInt64(1L << 32);
    private uint _last;

    /// <summary>The number of a new token.</summary>
    public uint Next() => Interlocked.Increment(ref _last);

    /// <summary>Writes a token: <see cref="Length"/> bytes of ASCII.</summary>
    public void Write(uint number, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(((ulong)_instance << 32) | number, destination, out _, new System.Buffers.StandardFormat('x', Length));
    }

    /// <summary>The number of a token of ours.</summary>
    /// <returns>False when the token is another client's, or none.</returns>
    public bool TryRead(ReadOnlySpan<byte> token, out uint number)
    {
        number = 0;
        if (token.Length != Length || !Utf8Parser.TryParse(token, out ulong value, out int consumed, 'x') || consumed != Length || (uint)(value >> 32) != _instance)
        {
            return false;
        }

        number = (uint)value;
        return true;
    }
}
