using System.Globalization;

namespace EdgeJobs.Runtime.Settings;

/// <summary>A value as it was written.</summary>
/// <param name="Text">The value.</param>
/// <param name="Place">The flag, the variable or the member of the file that sets it.</param>
internal sealed record SettingValue(string? Text, string Place)
{
    private const long BytesPerMegabyte = 1024 * 1024;

    public int Number => TryParse(Text, out int number) ? number : 0;

    public bool IsOn => SettingNames.Same(Text, "true");

    public TimeSpan Seconds => TimeSpan.FromSeconds(Number);

    public TimeSpan Minutes => TimeSpan.FromMinutes(Number);

    public long Megabytes => Number * BytesPerMegabyte;

    public UsageException Fault(string what) => new($"{Place}: {what}");

    public static bool TryParse(string? text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
