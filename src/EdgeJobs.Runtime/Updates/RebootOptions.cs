using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

internal sealed record RebootOptions
{
    /// <summary>The data directory, which has the record of a reboot.</summary>
    public required string DataDirectory { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Reads the id of the boot.</summary>
    public Func<string> BootOf { get; init; } = BootId.Read;
}
