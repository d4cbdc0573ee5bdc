using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>
/// Checks the board's clock: certificates are valid for a limited time, and the clock of a board without a battery starts in 1970.
/// </summary>
internal static unsafe partial class ClockCheck
{
    private const string Name = "clock";

    /// <summary><c>TIME_ERROR</c> of adjtimex(2): the clock is not synchronized.</summary>
    private const int NotSynchronised = 5;

    /// <summary>Earlier than every certificate that can be in use with this program.</summary>
    private static readonly DateTimeOffset Earliest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Checks the clock by itself.</summary>
    public static DoctorCheck Run(TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        return now < Earliest
            ? DoctorCheck.Fail(
                Name,
                Runtime.ExitCode.CanNotConnect,
                $"the clock is wrong ({Text(now)}): no certificate is valid yet; set it (timedatectl set-ntp true, or date --set)")
            : IsSynchronised()
            ? DoctorCheck.Pass(Name, $"{Text(now)}, synchronized by a time service")
            : DoctorCheck.Warn(Name, $"{Text(now)}, not synchronized; enable a time service (timedatectl set-ntp true, or chrony)");
    }

    /// <summary>Compares the clock with that of the service.</summary>
    /// <param name="now">The board's time.</param>
    /// <param name="service">The service's time, in seconds since 1970.</param>
    public static DoctorCheck Compare(DateTimeOffset now, long service)
    {
        TimeSpan ahead = now - DateTimeOffset.FromUnixTimeSeconds(service);
        string off = $"{Math.Abs(ahead.TotalSeconds).ToString("0", CultureInfo.InvariantCulture)} s "
            + $"{(ahead < TimeSpan.Zero ? "behind" : "ahead of")} the service's";
        return ahead.Duration() > TimeSpan.FromMinutes(5)
            ? DoctorCheck.Fail(
                Name, Runtime.ExitCode.CanNotConnect, $"the clock is {off}; set it (timedatectl set-ntp true, or date --set)")
            : ahead.Duration() > TimeSpan.FromSeconds(30)
            ? DoctorCheck.Warn(Name, $"the clock is {off}; enable a time service")
            : DoctorCheck.Pass(
                Name,
                "agrees with the service's to "
                    + Math.Max(2, Math.Ceiling(ahead.Duration().TotalSeconds)).ToString("0", CultureInfo.InvariantCulture) + " s");
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static bool IsSynchronised()
    {
        // All zero: adjtimex(2) sets nothing and returns the state. The buffer is larger than struct timex of every architecture.
        byte* timex = stackalloc byte[512];
        new Span<byte>(timex, 512).Clear();
        return AdjustTime(timex) != NotSynchronised;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(byte* timex);
}
