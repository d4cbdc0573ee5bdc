using EdgeJobs.PowerCut.Tests.Disk;

namespace EdgeJobs.PowerCut.Tests.Tracing;

/// <summary>What happened, in its order: on the disk, or where others see it.</summary>
internal abstract record TraceEvent
{
    private TraceEvent()
    {
    }

    public sealed record OnDisk(DiskCall Call) : TraceEvent;

    /// <summary>A step's own program starts.</summary>
    public sealed record StepBegan(string JobId, int Number, int Attempt) : TraceEvent;

    /// <summary>The agent logs a line. Each of its messages to the service comes after the line that announces it.</summary>
    public sealed record Logged(string Line) : TraceEvent;

    /// <summary>The agent sends bytes to the server.</summary>
    public sealed record Sent : TraceEvent;
}
