namespace EdgeJobs.Runtime.Provisioning;

/// <summary>A private key or a token, which must not get into the log.</summary>
/// <param name="text">The text.</param>
internal readonly struct Secret(string text) : IEquatable<Secret>
{
    private readonly string? _text = text;

    /// <summary>The text, for a file or a request.</summary>
    public string Reveal() => _text ?? string.Empty;

    /// <inheritdoc/>
    public bool Equals(Secret other) => Reveal() == other.Reveal();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Secret other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Reveal().GetHashCode(StringComparison.Ordinal);

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
