namespace EdgeJobs.Testing;

/// <summary>Waits with a deadline that only a broken program misses, on a machine that builds and tests other things too.</summary>
public static class Wait
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Returns the task's result, or fails with the name of what did not happen.</summary>
    public static async Task<T> ForAsync<T>(Task<T> task, string what)
    {
        try
        {
            return await task.WaitAsync(Deadline);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{what} did not happen within {Deadline}", e);
        }
    }

    /// <summary>Waits for a task, or fails with the name of what did not happen.</summary>
    public static async Task ForAsync(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Deadline);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{what} did not happen within {Deadline}", e);
        }
    }
}
