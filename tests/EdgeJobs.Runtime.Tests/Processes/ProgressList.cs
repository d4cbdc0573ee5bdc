using System.Collections.Concurrent;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Keeps what steps say of themselves, in order.</summary>
internal sealed class ProgressList : ConcurrentQueue<StepProgress>, IProgress<StepProgress>
{
    public void Report(StepProgress value) => Enqueue(value);
}
