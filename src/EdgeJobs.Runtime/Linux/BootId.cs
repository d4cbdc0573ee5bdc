using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>The id of this boot of the board. Unlike a clock, it is right from the start.</summary>
internal static class BootId
{
    private const string File = "/proc/sys/kernel/random/boot_id";

    /// <summary>Reads it; empty if it can't be read.</summary>
    public static string Read() => Encoding.ASCII.GetString(ProcFile.Read(File, stackalloc byte[64])).Trim();
}
