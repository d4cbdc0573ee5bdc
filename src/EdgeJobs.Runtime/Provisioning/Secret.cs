namespace EdgeJobs.Runtime.Provisioning;

/// <summary>A text that no log may show: a private key or a token.</summary>
/// <param name="text">The text.</param>
internal readonly struct Secret(string text) : IEquatable<Secret>
{
    private readonly string? _text = text;

    /// <summary>The text itself, for the file or the message that needs it.</summary>
    public string Reveal() => _text ?? string.Empty;

    /// <inheritdoc/>
    public bool Equals(Secret other) => Reveal() == other.Reveal();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Secret other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Reveal().GetHashCode(StringComparison.Ordinal);

    /// <summary>Shows nothing of it.</summary>
    public override string ToString() => "***";
}
