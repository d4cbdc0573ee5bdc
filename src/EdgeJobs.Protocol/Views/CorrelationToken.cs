using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>Finds the token that correlates a reply with its request, before the rest of the payload is read.</summary>
public static class CorrelationToken
{
    /// <summary>Looks for a string member at the top level of a JSON object. Allocates nothing.</summary>
    /// <param name="utf8Json">The payload.</param>
    /// <param name="memberName">The member's name in UTF-8.</param>
    /// <param name="token">The member's value, a slice of the payload.</param>
    /// <returns>False if the member is absent or not a string, or the payload up to there is not a JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8Json, ReadOnlySpan<byte> memberName, out JsonText token)
    {
        token = default;
        try
        {
            // Skipped values may be nested deeper than a valid payload.
            Utf8JsonReader reader = new(utf8Json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // The reader's own comparison throws on a name with a lone surrogate.
                bool found = JsonText.Of(ref reader).Equals(memberName);
                reader.Read();
                if (found)
                {
                    token = reader.TokenType == JsonTokenType.String ? JsonText.Of(ref reader) : default;
                    return token.HasValue;
                }

                reader.Skip();
            }

            return false;
        }
        catch (JsonException)
        {
            // Not JSON, so there is no token; the decoder reports the fault.
            return false;
        }
    }
}
