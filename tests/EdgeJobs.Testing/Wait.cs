namespace EdgeJobs.Testing;

/// <summary>Waits for what must happen, with a deadline that only a broken program meets.</summary>
public static class Wait
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>The task's result, or a failure that says what was waited for.</summary>
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

    /// <summary>Waits for a task, or fails saying what was waited for.</summary>
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
