namespace EdgeJobs.Protocol;

/// <summary>Bytes that travel as base64 text, compared by content.</summary>
/// <param name="bytes">The bytes, which must not change afterwards.</param>
public readonly struct ByteString(ReadOnlyMemory<byte> bytes) : IEquatable<ByteString>
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory { get; } = bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Memory.Span;

    /// <summary>The number of bytes.</summary>
    public int Length => Memory.Length;

    /// <summary>Compares byte for byte.</summary>
    public bool Equals(ByteString other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ByteString other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>The bytes in base64.</summary>
    public override string ToString() => Convert.ToBase64String(Span);

    /// <summary>Compares byte for byte.</summary>
    public static bool operator ==(ByteString left, ByteString right) => left.Equals(right);

    /// <summary>Compares byte for byte.</summary>
    public static bool operator !=(ByteString left, ByteString right) => !left.Equals(right);
}
