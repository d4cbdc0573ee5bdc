namespace EdgeJobs.PowerCut.Tests.Tracing;

/// <summary>A system call of a trace.</summary>
/// <param name="Process">The thread that made it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Its arguments, as the trace has them.</param>
/// <param name="Result">What it returned, as the trace has it; empty if the process ended first.</param>
/// <param name="Begin">The line of the trace where it began.</param>
/// <param name="End">The line where it returned.</param>
internal sealed record SystemCall(int Process, string Name, IReadOnlyList<string> Arguments, string Result, int Begin, int End)
{
    public bool HasFailed => Result.Length == 0 || Result[0] is '-' or '?';
}
