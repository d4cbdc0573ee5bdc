using System.Text;
using EdgeJobs.Protocol;

namespace EdgeJobs.Fuzz;

/// <summary>The scan for the correlation token, and the text that it finds.</summary>
internal sealed class TokenCheck
{
    private readonly byte[] _buffer = new byte[GuardedMemory.Capacity];

    public void Run(ReadOnlySpan<byte> payload)
    {
        if (!CorrelationToken.TryRead(payload, "clientToken"u8, out JsonText token))
        {
            FuzzFailure.Unless(!token.HasValue, "token: not found, but there");
            return;
        }

        ReadOnlySpan<byte> escaped = token.Escaped;
        FuzzFailure.Unless(
            escaped.IsEmpty || payload.Overlaps(escaped, out int at) && at + escaped.Length <= payload.Length,
            "token: outside of the payload");
        ReadOnlySpan<byte> text = token.Unescape(_buffer);
        FuzzFailure.Unless(text.Length <= token.MaxLength, "token: longer than it can be");
        FuzzFailure.Unless(token.Equals(text), "token: not equal to itself");

        // For invalid UTF-8 the scan guarantees no text: the decoder rejects the payload.
        FuzzFailure.Unless(
            token.ToString() == Encoding.UTF8.GetString(text) || !System.Text.Unicode.Utf8.IsValid(payload),
            "token: two texts");
    }
}
