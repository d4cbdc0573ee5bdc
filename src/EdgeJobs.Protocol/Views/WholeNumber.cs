using System.Buffers.Text;

namespace EdgeJobs.Protocol.Views;

/// <summary>Reads JSON numbers that are whole, though they may be written with a fraction or an exponent: <c>1.0</c>, <c>1e3</c>.</summary>
internal static class WholeNumber
{
    /// <summary>Reads a number without loss.</summary>
    /// <param name="json">A JSON number.</param>
    /// <param name="isNegative">Whether it is negative.</param>
    /// <param name="magnitude">The number without its sign.</param>
    /// <returns>None, out of range for more than 64 bits, or wrong type for a number that is not whole.</returns>
    public static CodecErrorKind Read(ReadOnlySpan<byte> json, out bool isNegative, out ulong magnitude)
    {
        magnitude = 0;
        isNegative = json[0] == '-';
        json = isNegative ? json[1..] : json;
        int e = json.IndexOfAny("eE"u8);
        ReadOnlySpan<byte> mantissa = e < 0 ? json : json[..e];
        int point = mantissa.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = (point < 0 ? mantissa : mantissa[..point]).TrimStart((byte)'0');
        ReadOnlySpan<byte> fraction = point < 0 ? default : mantissa[(point + 1)..].TrimEnd((byte)'0');
        if (whole.IsEmpty && fraction.IsEmpty)
        {
            return CodecErrorKind.None;
        }

        int exponent = 0;
        if (e >= 0 && !Utf8Parser.TryParse(json[(e + 1)..], out exponent, out _))
        {
            return json[e + 1] == '-' ? CodecErrorKind.WrongType : CodecErrorKind.OutOfRange;
        }

        long shift = (long)exponent - fraction.Length;
        ReadOnlySpan<byte> significant = fraction.IsEmpty ? whole.TrimEnd((byte)'0') : whole;
        shift += whole.Length - significant.Length;
        return shift < 0 ? CodecErrorKind.WrongType
            : TryAppend(significant, ref magnitude) && TryAppend(fraction, ref magnitude) && TryShift(shift, ref magnitude)
                ? CodecErrorKind.None
                : CodecErrorKind.OutOfRange;
    }

    private static bool TryAppend(ReadOnlySpan<byte> digits, ref ulong number)
    {
        foreach (byte digit in digits)
        {
            ulong value = (ulong)(digit - '0');
            if (number > (ulong.MaxValue - value) / 10)
            {
                return false;
            }

            number = (number * 10) + value;
        }

        return true;
    }

    private static bool TryShift(long zeros, ref ulong number)
    {
        for (; zeros > 0; zeros--)
        {
            if (number > ulong.MaxValue / 10)
            {
                return false;
            }

            number *= 10;
        }

        return true;
    }
}
