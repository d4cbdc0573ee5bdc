using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>
/// Connects as the agent does, with the agent's own client, and tells each stage on the way; then asks for each subscription by
/// itself, and last the questions.
/// </summary>
internal sealed class ConnectionProbe : IMqttHandler, IConnectObserver, IAsyncDisposable
{
    /// <summary>No JSON: the service rejects it before it does anything, which is all that is wanted of it.</summary>
    private static readonly byte[] NoRequest = Encoding.UTF8.GetBytes("{\"clientToken\":\"edgejobs-doctor\"");

    private readonly MqttConnectionOptions _options;
    private readonly IServiceProbe _questions;
    private readonly DoctorReport _report;
    private readonly TimeProvider _time;
    private readonly MqttConnection _connection;
    private readonly RequestClient _requests;
    private readonly HashSet<string> _granted = [];
    private readonly HashSet<string> _heard = [];
    private Rejection? _awaited;
    private bool _isFirst = true;

    // Not even the acknowledgement of a request has come.
    private volatile bool _isSilent;

    /// <summary>Makes a walk that has not begun.</summary>
    /// <param name="options">How to connect.</param>
    /// <param name="questions">What to ask at the end.</param>
    /// <param name="report">Where the findings go.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Where request tokens come from.</param>
    public ConnectionProbe(MqttConnectionOptions options, IServiceProbe questions, DoctorReport report, TimeProvider time, Random random)
    {
        (_options, _questions, _report, _time) = (options, questions, report, time);
        _connection = new MqttConnection(options with { Observer = this }, this, time, NullLogger.Instance);
        _requests = new RequestClient(JobsSpec.Instance, _connection.PublishAsync, options.RequestTimeout, time, random, NullLogger.Instance) { Unacknowledged = () => _isSilent = true };
    }

    /// <summary>Walks as far as it goes.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!await ConnectAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        _isFirst = false;
        foreach (string filter in _questions.Filters)
        {
            await SubscribeAsync(filter, cancellationToken).ConfigureAwait(false);
        }

        await _questions.AskAsync(this, cancellationToken).ConfigureAwait(false);
        await _connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <inheritdoc/>
    public void Passed(ConnectStage stage, string detail)
    {
        if (_isFirst && stage is not (ConnectStage.Credentials or ConnectStage.Subscribe))
        {
            _report.Add(DoctorCheck.Pass(StageName.Of(stage), detail));
        }
    }

    /// <summary>Sends a request, and reports what became of it.</summary>
    /// <param name="name">The name of the check.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request.</param>
    /// <param name="filter">The topic filter of its replies.</param>
    /// <param name="request">The request.</param>
    /// <param name="describe">Says what was accepted.</param>
    /// <param name="expected">The rejection that shows that all is well; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the service answers; null when it does not accept the request.</returns>
    public async Task<TAccepted?> RequestAsync<TRequest, TAccepted>(
        string name,
        RequestOperation<TRequest, TAccepted, RejectedResponse> operation,
        string topic,
        string filter,
        TRequest request,
        Func<TAccepted, string> describe,
        RejectionCode? expected,
        CancellationToken cancellationToken)
        where TRequest : class, ICorrelatedMessage<TRequest>
        where TAccepted : class, ICorrelatedMessage<TAccepted>
    {
        if (!await MayAskAsync(name, filter, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        Reply<TAccepted, RejectedResponse> reply = await _requests.RequestAsync(operation, topic, request, cancellationToken).ConfigureAwait(false);
        if (_isSilent)
        {
            await LeaveSilentAsync(name, topic, cancellationToken).ConfigureAwait(false);
            return null;
        }

        TAccepted? accepted = reply.Accepted;
        RejectedResponse? rejected = reply.Rejected;
        _report.Add(reply.Status switch
        {
            ReplyStatus.Accepted => DoctorCheck.Pass(name, describe(accepted!)),
            ReplyStatus.Rejected when rejected!.Code == expected => DoctorCheck.Pass(name, "the service answers (that there is no such job, as it must)"),
            ReplyStatus.Rejected => DoctorCheck.Warn(name, $"the service answers, but rejects {operation.Name}: {rejected!.Code.ToWireString()} {rejected.Message}"),
            ReplyStatus.TimedOut => DoctorCheck.Fail(name, ExitCode.Refused, NoReply(topic, filter)),
            ReplyStatus.Refused => DoctorCheck.Fail(name, ExitCode.Refused, reply.Reason),
            _ => DoctorCheck.Fail(name, ExitCode.CanNotConnect, MayBeForbidden(reply.Reason, topic)),
        });
        if (reply.Status == ReplyStatus.NotConnected)
        {
            await LeaveAsync(cancellationToken).ConfigureAwait(false);
        }

        return accepted;
    }

    /// <summary>Shows that something may be asked for and answered, without having it done: what is sent is no request.</summary>
    /// <param name="name">The name of the check.</param>
    /// <param name="topic">The topic of the request.</param>
    /// <param name="filter">The topic filter of its replies.</param>
    /// <param name="codeOf">The error code in a rejection; empty when it has none.</param>
    /// <param name="nothingDone">Says what was not done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ProbeAsync(string name, string topic, string filter, Func<ReadOnlyMemory<byte>, string> codeOf, string nothingDone, CancellationToken cancellationToken)
    {
        if (!await MayAskAsync(name, filter, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        Rejection rejection = new(topic + "/rejected", codeOf, new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        _awaited = rejection;
        PublishResult published;
        try
        {
            published = await _connection.PublishAsync(topic, NoRequest, QualityOfService.AtLeastOnce, cancellationToken)
                .AsTask().WaitAsync(_options.RequestTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await LeaveSilentAsync(name, topic, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (published.Status != PublishStatus.Acknowledged)
        {
            _report.Add(published.Status == PublishStatus.Refused
                ? DoctorCheck.Fail(name, ExitCode.Refused, published.Reason)
                : DoctorCheck.Fail(name, ExitCode.CanNotConnect, MayBeForbidden(published.Reason, topic)));
            await LeaveAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            string code = await rejection.Code.Task.WaitAsync(_options.RequestTimeout, _time, cancellationToken).ConfigureAwait(false);
            _report.Add(DoctorCheck.Pass(name, $"the service answers ({code} to what was no request: {nothingDone})"));
        }
        catch (TimeoutException)
        {
            _report.Add(DoctorCheck.Fail(name, ExitCode.Refused, NoReply(topic, filter)));
        }
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        lock (_heard)
        {
            _heard.Add(topic);
        }

        if (_awaited is { } awaited && topic == awaited.Topic)
        {
            awaited.Code.TrySetResult(awaited.CodeOf(payload));
        }

        if (!_requests.TryAccept(topic, payload, receipt, out _))
        {
            receipt.Acknowledge();
        }
    }

    void IMqttHandler.OnDisconnected(string reason) => _requests.FailAll(reason);

    private static string MayBeForbidden(string reason, string topic) =>
        $"{reason}; should this happen again on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy";

    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        // Nothing that waits for the agent is discarded.
        ConnectResult result = await _connection.ConnectAsync(cleanStart: false, cancellationToken).ConfigureAwait(false);
        if (result.IsConnected)
        {
            return true;
        }

        _report.Add(DoctorCheck.Fail(StageName.Of(result.Failure.Stage), ExitCode.Of(result.Failure.Kind), result.Failure.Message));
        if (_isFirst)
        {
            _report.Skip(StageName.After(result.Failure.Stage, _options.Proxy is not null, _questions.Names), "not reached");
        }

        return false;
    }

    /// <summary>Connects again where a refusal has ended the connection.</summary>
    private async Task<bool> IsConnectedAsync(string name, string what, CancellationToken cancellationToken)
    {
        if (_connection.IsConnected)
        {
            return true;
        }

        ConnectResult result = await _connection.ConnectAsync(cleanStart: false, cancellationToken).ConfigureAwait(false);
        if (!result.IsConnected)
        {
            _report.Add(DoctorCheck.Fail(name, ExitCode.Of(result.Failure.Kind), $"{what} can't be tried, the connection is lost: {result.Failure.Message}"));
            return false;
        }

        // Without a session the subscriptions are gone; those that were granted are granted again.
        foreach (string granted in result.SessionPresent ? [] : _granted)
        {
            _ = await _connection.SubscribeAsync([granted], cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task SubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        if (!await IsConnectedAsync(StageName.Subscribe, filter, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        // By itself: a refusal may end the connection without naming the filter.
        ConnectFailure? failure = await _connection.SubscribeAsync([filter], cancellationToken).ConfigureAwait(false);
        if (failure is null)
        {
            _granted.Add(filter);
            _report.Add(DoctorCheck.Pass(StageName.Subscribe, filter));
        }
        else
        {
            _report.Add(DoctorCheck.Fail(StageName.Subscribe, ExitCode.Of(failure.Kind), failure.Message));

            await LeaveAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> MayAskAsync(string name, string filter, CancellationToken cancellationToken)
    {
        if (!_granted.Contains(filter))
        {
            _report.Add(DoctorCheck.Skip(name, $"needs the subscription to {filter}"));
            return false;
        }

        return await IsConnectedAsync(name, "the request", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reports a server that has fallen silent.</summary>
    private async Task LeaveSilentAsync(string name, string topic, CancellationToken cancellationToken)
    {
        _isSilent = false;
        _report.Add(DoctorCheck.Fail(
            name,
            ExitCode.CanNotConnect,
            $"the server has not even acknowledged the request to {topic} within {_options.RequestTimeout.TotalSeconds:0} s: the connection stands, and nothing comes through; look at the link between board and server (radio, NAT, firewall)"));
        await LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has what comes next tried on a connection that nothing is known against; this one may not know yet that it is lost.</summary>
    private Task LeaveAsync(CancellationToken cancellationToken) => _connection.DisconnectAsync(cancellationToken);

    private string NoReply(string topic, string filter)
    {
        string what = $"no reply to {topic} within {_options.RequestTimeout.TotalSeconds:0} s";
        foreach (string reply in (ReadOnlySpan<string>)[topic + "/accepted", topic + "/rejected"])
        {
            bool wasHeard;
            lock (_heard)
            {
                wasHeard = _heard.Contains(reply);
            }

            if (wasHeard)
            {
                return $"{what}: something came on {reply}, but without the clientToken of the request; the service there answers as no Jobs service does";
            }
        }

        return $"{what}, though the server took the request; on AWS IoT: allow iot:Receive for topic/{filter.Replace('+', '*')} in the thing's policy; elsewhere: check that a Jobs service is attached to the broker";
    }

    /// <summary>The rejection that is waited for.</summary>
    private sealed record Rejection(string Topic, Func<ReadOnlyMemory<byte>, string> CodeOf, TaskCompletionSource<string> Code);
}
