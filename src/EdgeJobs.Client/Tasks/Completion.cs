using System.Threading.Tasks.Sources;

namespace EdgeJobs.Client.Tasks;

/// <summary>A value task that its owner completes. It allocates nothing per wait: after <see cref="Reset"/> it can be used again.</summary>
internal class Completion<T> : IValueTaskSource<T>, IValueTaskSource
{
    private ManualResetValueTaskSourceCore<T> _core;

    /// <summary>Await it exactly once.</summary>
    public ValueTask<T> Task => new(this, _core.Version);

    /// <summary>The same without the result. Await only one of the two.</summary>
    public ValueTask TaskWithoutResult => new(this, _core.Version);

    public void Reset() => _core.Reset();

    /// <summary>Completes the task.</summary>
    /// <param name="result">The result.</param>
    /// <param name="inline">Whether the continuation runs on this thread; otherwise on the thread pool.</param>
    public void SetResult(T result, bool inline)
    {
        _core.RunContinuationsAsynchronously = !inline;
        _core.SetResult(result);
    }

    /// <inheritdoc cref="SetResult"/>
    public void SetException(Exception exception, bool inline)
    {
        _core.RunContinuationsAsynchronously = !inline;
        _core.SetException(exception);
    }

    /// <summary>The caller has the result: from now on the completion may be reused.</summary>
    protected virtual void OnAwaited()
    {
    }

    T IValueTaskSource<T>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            OnAwaited();
        }
    }

    void IValueTaskSource.GetResult(short token) => _ = ((IValueTaskSource<T>)this).GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
