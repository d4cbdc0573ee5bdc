using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>Finds the token that ties a reply to its request before the rest of the payload is read.</summary>
public static class CorrelationToken
{
    /// <summary>Looks for a string member at the top level of a JSON object. Allocates nothing.</summary>
    /// <param name="utf8Json">The payload.</param>
    /// <param name="memberName">The member's name in UTF-8.</param>
    /// <param name="token">The member's value, a slice of the payload.</param>
    /// <returns>False when the member is absent or no string, or when the payload is no JSON object up to there.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8Json, ReadOnlySpan<byte> memberName, out JsonText token)
    {
        token = default;
        try
        {
            // What is skipped may be nested deeper than a payload that can be read.
            Utf8JsonReader reader = new(utf8Json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                // Not the reader's own comparison, which throws on a name with half a surrogate pair.
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
            // A payload that is no JSON has no token; what is wrong with it is the decoder's to say.
            return false;
        }
    }
}
