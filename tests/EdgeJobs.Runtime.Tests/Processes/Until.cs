using System.Globalization;
using EdgeJobs.Runtime.Linux;
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

    /// <summary>Whether a process is gone, or a zombie that whoever adopted it has not yet waited for.</summary>
    public static bool IsGone(int processId) => !ProcessEntry.TryRead(processId, out ProcessEntry entry) || entry.IsGone;

    /// <summary>Waits for a file that a step puts in place with its process id in it.</summary>
    public static async Task<int> ProcessIdAsync(string file)
    {
        await TrueAsync(() => File.Exists(file), "the process id of a step's child");
        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }
}
