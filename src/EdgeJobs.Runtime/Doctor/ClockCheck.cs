using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>
/// The board's clock: certificates are valid for a time, and a board without a battery begins in 1970. How far it is off shows
/// later, when the service tells its time.
/// </summary>
internal static unsafe partial class ClockCheck
{
    private const string Name = "clock";

    /// <summary><c>TIME_ERROR</c> of adjtimex(2): nothing keeps the clock in step.</summary>
    private const int NotSynchronised = 5;

    /// <summary>No certificate of a thing that this program serves is older.</summary>
    private static readonly DateTimeOffset Earliest = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Looks at the clock alone.</summary>
    public static DoctorCheck Run(TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        return now < Earliest
            ? DoctorCheck.Fail(Name, Runtime.ExitCode.CanNotConnect, $"the clock says {Text(now)}, which is long past: every certificate seems not yet valid; set it (timedatectl set-ntp true, or date --set)")
            : IsSynchronised()
            ? DoctorCheck.Pass(Name, $"{Text(now)}, kept in step by a time service")
            : DoctorCheck.Warn(Name, $"{Text(now)}, but nothing keeps it in step; have a time service set it (timedatectl set-ntp true, or chrony)");
    }

    /// <summary>Holds the clock against the time that the service tells.</summary>
    /// <param name="now">The board's time.</param>
    /// <param name="service">The service's, in seconds since 1970.</param>
    public static DoctorCheck Compare(DateTimeOffset now, long service)
    {
        TimeSpan ahead = now - DateTimeOffset.FromUnixTimeSeconds(service);
        string off = $"{Math.Abs(ahead.TotalSeconds).ToString("0", CultureInfo.InvariantCulture)} s {(ahead < TimeSpan.Zero ? "behind" : "ahead of")} the service's";
        return ahead.Duration() > TimeSpan.FromMinutes(5)
            ? DoctorCheck.Fail(Name, Runtime.ExitCode.CanNotConnect, $"the clock is {off}; set it (timedatectl set-ntp true, or date --set)")
            : ahead.Duration() > TimeSpan.FromSeconds(30)
            ? DoctorCheck.Warn(Name, $"the clock is {off}; have a time service set it")
            : DoctorCheck.Pass(Name, $"agrees with the service's, to {Math.Max(2, Math.Ceiling(ahead.Duration().TotalSeconds)).ToString("0", CultureInfo.InvariantCulture)} s");
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static bool IsSynchronised()
    {
        // All zero: nothing is set, and only the state is asked for. No architecture's struct timex is larger.
        byte* timex = stackalloc byte[512];
        new Span<byte>(timex, 512).Clear();
        return AdjustTime(timex) != NotSynchronised;
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(byte* timex);
}
