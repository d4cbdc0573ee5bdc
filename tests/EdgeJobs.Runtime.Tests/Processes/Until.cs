using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Waits for what only the file system or the process table can tell.</summary>
internal static class Until
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (!condition())
        {
            if (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"{what} did not come within {Wait.Deadline}");
            }

            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }
}
