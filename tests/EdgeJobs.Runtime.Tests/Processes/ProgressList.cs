using System.Collections.Concurrent;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Collects the progress of steps.</summary>
internal sealed class ProgressList : ConcurrentQueue<StepProgress>, IProgress<StepProgress>
{
    public void Report(StepProgress value) => Enqueue(value);
}
