namespace EdgeJobs.Runtime.Jobs;

/// <summary>A detached signature of a file.</summary>
/// <param name="Value">The signature in base64, or the URL of a file that has it.</param>
/// <param name="Algorithm">One of <see cref="Algorithms"/>.</param>
internal sealed record FileSignature(string Value, string Algorithm)
{
    public const string DefaultAlgorithm = "ecdsa-sha256";

    /// <summary>The longest signature; that of an RSA key of 16,384 bits has 2,048 bytes.</summary>
    public const int MaxBytes = 4096;

    /// <summary>The algorithms: the kind of key, the padding of RSA, and the hash.</summary>
    public static readonly string[] Algorithms =
        [DefaultAlgorithm, "ecdsa-sha384", "rsa-pss-sha256", "rsa-pss-sha384", "rsa-pkcs1-sha256", "rsa-pkcs1-sha384"];

    public bool IsUrl => Value.Contains("://", StringComparison.Ordinal) && !IsUnresolved(Value);

    public bool IsRsa => Algorithm.StartsWith("rsa", StringComparison.Ordinal);

    public bool IsPss => Algorithm.StartsWith("rsa-pss", StringComparison.Ordinal);

    public bool IsSha384 => Algorithm.EndsWith("384", StringComparison.Ordinal);

    /// <summary>Whether a text is a placeholder that the service replaces: valid in a document, but not on a board.</summary>
    public static bool IsPlaceholder(string text) => IsUnresolved(text) || DownloadUrl.IsPlaceholder(text);

    /// <summary>Decodes base64, which may have line breaks; null if it is none, or too long.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[MaxBytes];
        return Convert.TryFromBase64Chars(text, bytes, out int length) && length > 0 ? bytes[..length] : null;
    }

    private static bool IsUnresolved(string text) => text.StartsWith("${aws:iot:code-sign-signature:", StringComparison.Ordinal);
}
