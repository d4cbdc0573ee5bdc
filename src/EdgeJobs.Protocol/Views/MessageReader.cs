using System.Text.Json;
using System.Text.Unicode;

namespace EdgeJobs.Protocol;

/// <summary>Reads a whole payload into a view; generated code calls it.</summary>
public static class MessageReader
{
    /// <summary>Reads a payload that must be one JSON object in UTF-8.</summary>
    /// <typeparam name="TView">The view to read into.</typeparam>
    /// <param name="utf8Json">The payload.</param>
    /// <param name="view">The view: slices of the payload.</param>
    /// <param name="error">The fault if the result is false.</param>
    public static bool TryRead<TView>(ReadOnlySpan<byte> utf8Json, out TView view, out CodecError error)
        where TView : struct, IJsonView<TView>, allows ref struct => TryRead(utf8Json, isObject: true, out view, out error);

    /// <summary>Reads a payload that must be one JSON value in UTF-8.</summary>
    /// <typeparam name="TView">The view to read into.</typeparam>
    /// <param name="utf8Json">The payload.</param>
    /// <param name="view">The view: slices of the payload.</param>
    /// <param name="error">The fault if the result is false.</param>
    public static bool TryReadValue<TView>(ReadOnlySpan<byte> utf8Json, out TView view, out CodecError error)
        where TView : struct, IJsonView<TView>, allows ref struct => TryRead(utf8Json, isObject: false, out view, out error);

    private static bool TryRead<TView>(ReadOnlySpan<byte> utf8Json, bool isObject, out TView view, out CodecError error)
        where TView : struct, IJsonView<TView>, allows ref struct
    {
        view = default;
        Utf8JsonReader reader = new(utf8Json);
        try
        {
            // The second read fails on anything but white space after the value.
            return Begin(utf8Json, isObject, ref reader, out error)
                && TView.TryRead(ref reader, utf8Json, "", out view, ref error)
                && !reader.Read();
        }
        catch (JsonException)
        {
            view = default;
            error = new CodecError(CodecErrorKind.InvalidJson, "", (int)reader.BytesConsumed);
            return false;
        }
    }

    /// <summary>Reads the first token. Not generic: the compiler copies generic code for each view.</summary>
    private static bool Begin(ReadOnlySpan<byte> utf8Json, bool isObject, ref Utf8JsonReader reader, out CodecError error)
    {
        error = default;
        if (!Utf8.IsValid(utf8Json))
        {
            error = new CodecError(CodecErrorKind.InvalidUtf8, "", 0);
        }
        else if (!reader.Read())
        {
            error = new CodecError(CodecErrorKind.InvalidJson, "", 0);
        }
        else if (isObject && reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            error = new CodecError(reader.Read() ? CodecErrorKind.InvalidJson : CodecErrorKind.NotAnObject, "", 0);
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>Reads an object that was already read as part of a payload.</summary>
    /// <typeparam name="TView">The view to read into.</typeparam>
    /// <param name="utf8Json">The object.</param>
    /// <param name="view">The view: slices of the object.</param>
    /// <returns>False if it is not such an object.</returns>
    /// <exception cref="JsonException">The object was not read before, and is not JSON.</exception>
    public static bool TryReadAgain<TView>(ReadOnlySpan<byte> utf8Json, out TView view)
        where TView : struct, IJsonView<TView>, allows ref struct
    {
        CodecError error = default;
        Utf8JsonReader reader = new(utf8Json);
        view = default;
        return !utf8Json.IsEmpty && reader.Read() && TView.TryRead(ref reader, utf8Json, "", out view, ref error);
    }
}
