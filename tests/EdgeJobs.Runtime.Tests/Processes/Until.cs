using System.Globalization;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Polls the file system or the process table.</summary>
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

    /// <summary>Whether a process has ended. It may still be a zombie.</summary>
    public static bool IsGone(int processId) => !ProcessEntry.TryRead(processId, out ProcessEntry entry) || entry.IsGone;

    /// <summary>Waits for a file in which a step writes a process id.</summary>
    public static async Task<int> ProcessIdAsync(string file)
    {
        await TrueAsync(() => File.Exists(file), "the process id of a step's child");
        return int.Parse(await File.ReadAllTextAsync(file), CultureInfo.InvariantCulture);
    }
}
