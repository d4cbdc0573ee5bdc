using System.Globalization;

namespace EdgeJobs.Runtime.Text;

internal static class AgentVersion
{
    private const int Parts = 3;

    /// <summary>Major, minor and patch number of this build.</summary>
    public static string Current { get; } = typeof(AgentVersion).Assembly.GetName().Version?.ToString(Parts) ?? "?";

    /// <summary>
    /// A number that is higher for a higher version; -1 for a text that is not <c>MAJOR.MINOR.PATCH</c> of numbers up to 65,534 without
    /// leading zeros.
    /// </summary>
    public static long Order(string version)
    {
        long order = 0;
        int parts = 0;
        foreach (Range range in version.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> part = version.AsSpan(range);
            bool isNumber = ushort.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number);
            if (!isNumber || number == ushort.MaxValue || (part.Length > 1 && part[0] == '0') || ++parts > Parts)
            {
                return -1;
            }

            order = (order << 16) | number;
        }

        return parts == Parts ? order : -1;
    }
}
