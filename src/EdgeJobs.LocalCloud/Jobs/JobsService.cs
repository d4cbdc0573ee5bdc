using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Registry;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>
/// The Jobs service, the only owner of the state. It runs one operation at a time, in a transaction: the changes are made durable, then
/// visible, and only then are responses and notifications sent. Thread-safe.
/// </summary>
internal sealed partial class JobsService : IDisposable
{
    private readonly Lock _gate = new();
    private readonly IJobStore _store;
    private readonly TimeProvider _clock;
    private readonly JobsServiceOptions _options;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private IDeviceGateway[] _gateways = [];
    private ServiceState _state;
    private DateTimeOffset? _timerSetTo;
    private bool _disposed;

    /// <summary>Reads the stored state and starts the timers. Executions whose deadline has passed time out at once.</summary>
    public JobsService(IJobStore store, TimeProvider clock, JobsServiceOptions options, ILogger<JobsService> logger)
    {
        _store = store;
        _clock = clock;
        _options = options;
        _logger = logger;
        _state = store.Load().Aggregate(ServiceState.Empty, static (state, change) => state.Apply(change));
        _timer = clock.CreateTimer(
            static service => ((JobsService)service!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            SetTimer();
        }
    }

    /// <summary>Adds a gateway, which receives all notifications from now on.</summary>
    public void Attach(IDeviceGateway gateway)
    {
        lock (_gate)
        {
            _gateways = [.. _gateways, gateway];
        }
    }

    public void Detach(IDeviceGateway gateway)
    {
        lock (_gate)
        {
            _gateways = [.. _gateways.Where(one => one != gateway)];
        }
    }

    /// <summary>
    /// Handles a device's request. The response, then the notifications, are passed to the gateways before this method returns.
    /// </summary>
    /// <param name="gateway">The gateway of the request and the response.</param>
    /// <param name="clientId">The requesting client's id.</param>
    /// <param name="topic">A topic <c>$aws/things/THING/jobs/…</c>; the gateway has authorized the client for that thing.</param>
    /// <param name="payload">The payload; not kept after the call.</param>
    public void HandleRequest(IDeviceGateway gateway, string clientId, string topic, ReadOnlyMemory<byte> payload)
    {
        lock (_gate)
        {
            Result<Boxed<DeviceMessage>> result = Run(transaction =>
            {
                AutoRegister(transaction, topic);
                return new Boxed<DeviceMessage>(DeviceApi.Handle(transaction, topic, payload));
            }, response => gateway.Reply(clientId, response.Value));
            if (result.Error is { } failure)
            {
                string? token = CorrelationToken.TryRead(payload.Span, UpdateJobExecutionRequest.CorrelationMember, out JsonText text)
                    ? text.ToString()
                    : null;
                gateway.Reply(clientId, DeviceApi.Rejected(new Transaction(_state, Now(), _options.Urls), topic, token, failure));
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _gateways = [];
        }

        _timer.Dispose();
    }

    // An operation that may fail: a failure changes nothing.
    private Result<T> Execute<T>(Func<Transaction, Result<T>> operation)
        where T : class
    {
        lock (_gate)
        {
            Result<Boxed<Result<T>>> outcome = Run(transaction => new Boxed<Result<T>>(operation(transaction)), static _ => { });
            return outcome.TryGet(out Boxed<Result<T>>? result, out ServiceError? failure) ? result.Value : failure;
        }
    }

    // The same for an operation without a result.
    private ServiceError? Execute(Func<Transaction, ServiceError?> operation)
    {
        lock (_gate)
        {
            Result<Boxed<ServiceError?>> outcome = Run(transaction => new Boxed<ServiceError?>(operation(transaction)), static _ => { });
            return outcome.TryGet(out Boxed<ServiceError?>? result, out ServiceError? failure) ? result.Value : failure;
        }
    }

    // Under the lock, in this order: due time-outs, the operation, the store, the new state, the response, the notifications.
    private Result<T> Run<T>(Func<Transaction, T> operation, Action<T> response)
        where T : class
    {
        Transaction transaction = new(_state, Now(), _options.Urls);
        T result;
        try
        {
            transaction.TimeOutDueExecutions();
            result = operation(transaction);
            if (transaction.Changes.Count > 0)
            {
                _store.Save(transaction.Changes);
            }
        }
        catch (StoreException e)
        {
            LogStoreFailed(e);
            return new ServiceError(ServiceErrorKind.InternalFailure, "The service could not store the change; nothing has changed");
        }

        _state = transaction.State;
        response(result);
        foreach (DeviceMessage message in Notifications.Of(transaction))
        {
            foreach (IDeviceGateway gateway in _gateways)
            {
                gateway.Publish(message);
            }
        }

        SetTimer();
        return result;
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _timerSetTo = null;
            if (!_disposed && Run<object>(static transaction => transaction, static _ => { }).Error is not null)
            {
                // The disk may have space again by then.
                _timerSetTo = Now().AddSeconds(1);
                _timer.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void SetTimer()
    {
        if (_disposed || _state.NextDeadline == _timerSetTo)
        {
            return;
        }

        _timerSetTo = _state.NextDeadline;
        TimeSpan wait = Timeout.InfiniteTimeSpan;
        if (_timerSetTo is { } deadline)
        {
            wait = deadline - _clock.GetUtcNow();
            // Timers count whole milliseconds and must not fire early.
            wait = wait <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds));
        }

        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void AutoRegister(Transaction transaction, string topic)
    {
        if (_options.AutoRegisterThings && JobsTopics.TryMatch(topic, out JobsTopicMatch match))
        {
            string name = match.ThingName.ToString();
            if (!transaction.State.Things.ContainsKey(name))
            {
                _ = ThingRegistry.CreateThing(transaction, name, NewId(), null, ValueMap<string>.Empty);
            }
        }
    }

    // Whole milliseconds, the resolution of the stores.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());

    private static string NewId() => Guid.NewGuid().ToString();

    [LoggerMessage(Level = LogLevel.Error, Message = "The store failed; nothing has changed")]
    private partial void LogStoreFailed(StoreException e);

    private sealed record Boxed<T>(T Value);
}
