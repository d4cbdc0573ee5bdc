using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>
/// Connects like the agent, with the agent's own client, and reports each stage. Then it requests each subscription separately, and
/// runs the checks of the service.
/// </summary>
internal sealed class ConnectionProbe : IMqttHandler, IConnectObserver, IAsyncDisposable
{
    /// <summary>Incomplete JSON, which the service rejects without doing anything.</summary>
    private static readonly byte[] InvalidRequest = Encoding.UTF8.GetBytes("{\"clientToken\":\"edgejobs-doctor\"");

    private readonly MqttConnectionOptions _options;
    private readonly IServiceProbe _service;
    private readonly DoctorReport _report;
    private readonly TimeProvider _time;
    private readonly MqttConnection _connection;
    private readonly RequestClient _requests;
    private readonly HashSet<string> _granted = [];
    private readonly HashSet<string> _repliedTopics = [];
    private Rejection? _awaited;
    private bool _isFirst = true;

    // The server has not even acknowledged a request.
    private volatile bool _isSilent;

    public ConnectionProbe(MqttConnectionOptions options, IServiceProbe service, DoctorReport report, TimeProvider time, Random random)
    {
        (_options, _service, _report, _time) = (options, service, report, time);
        _connection = new MqttConnection(options with { Observer = this }, this, time, NullLogger.Instance);
        _requests = new RequestClient(
            JobsSpec.Instance, _connection.PublishAsync, options.RequestTimeout, time, random, NullLogger.Instance)
        {
            Unacknowledged = () => _isSilent = true,
        };
    }

    /// <summary>Runs the checks until one makes the rest impossible.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!await ConnectAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        _isFirst = false;
        foreach (string filter in _service.Filters)
        {
            await SubscribeAsync(filter, cancellationToken).ConfigureAwait(false);
        }

        await _service.RunAsync(this, cancellationToken).ConfigureAwait(false);
        await _connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    public void Passed(ConnectStage stage, string detail)
    {
        if (_isFirst && stage is not (ConnectStage.Credentials or ConnectStage.Subscribe))
        {
            _report.Add(DoctorCheck.Pass(StageName.Of(stage), detail));
        }
    }

    /// <summary>Sends a request and reports the result.</summary>
    /// <param name="name">The name of the check.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="topic">The topic of the request.</param>
    /// <param name="filter">The topic filter of its replies.</param>
    /// <param name="request">The request.</param>
    /// <param name="describe">Describes the accepted reply.</param>
    /// <param name="expected">The rejection that counts as passed; null for none.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The reply; null if the service does not accept the request.</returns>
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
        if (!await CanRequestAsync(name, filter, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        Reply<TAccepted, RejectedResponse> reply =
            await _requests.RequestAsync(operation, topic, request, cancellationToken).ConfigureAwait(false);
        if (_isSilent)
        {
            await ReportSilenceAsync(name, topic, cancellationToken).ConfigureAwait(false);
            return null;
        }

        TAccepted? accepted = reply.Accepted;
        RejectedResponse? rejected = reply.Rejected;
        _report.Add(reply.Status switch
        {
            ReplyStatus.Accepted => DoctorCheck.Pass(name, describe(accepted!)),
            ReplyStatus.Rejected when rejected!.Code == expected =>
                DoctorCheck.Pass(name, "the service replies (no such job, as expected)"),
            ReplyStatus.Rejected => DoctorCheck.Warn(
                name, $"the service replies, but rejects {operation.Name}: {rejected!.Code.ToWireString()} {rejected.Message}"),
            ReplyStatus.TimedOut => DoctorCheck.Fail(name, ExitCode.Refused, NoReply(topic, filter)),
            ReplyStatus.Refused => DoctorCheck.Fail(name, ExitCode.Refused, reply.Reason),
            _ => DoctorCheck.Fail(name, ExitCode.CanNotConnect, WithPolicyHint(reply.Reason, topic)),
        });
        if (reply.Status == ReplyStatus.NotConnected)
        {
            await DisconnectAsync(cancellationToken).ConfigureAwait(false);
        }

        return accepted;
    }

    /// <summary>
    /// Checks that a request may be published and its reply received, by a request that is not valid: the service does nothing.
    /// </summary>
    /// <param name="name">The name of the check.</param>
    /// <param name="topic">The topic of the request.</param>
    /// <param name="filter">The topic filter of its replies.</param>
    /// <param name="codeOf">Reads the error code of a rejection; empty if it has none.</param>
    /// <param name="unchanged">What the service did not do.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task ProbeAsync(
        string name,
        string topic,
        string filter,
        Func<ReadOnlyMemory<byte>, string> codeOf,
        string unchanged,
        CancellationToken cancellationToken)
    {
        if (!await CanRequestAsync(name, filter, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        Rejection rejection = new(
            topic + "/rejected", codeOf, new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        _awaited = rejection;
        PublishResult published;
        try
        {
            published = await _connection.PublishAsync(topic, InvalidRequest, QualityOfService.AtLeastOnce, cancellationToken)
                .AsTask().WaitAsync(_options.RequestTimeout, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await ReportSilenceAsync(name, topic, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (published.Status != PublishStatus.Acknowledged)
        {
            _report.Add(published.Status == PublishStatus.Refused
                ? DoctorCheck.Fail(name, ExitCode.Refused, published.Reason)
                : DoctorCheck.Fail(name, ExitCode.CanNotConnect, WithPolicyHint(published.Reason, topic)));
            await DisconnectAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        try
        {
            string code = await rejection.Code.Task.WaitAsync(_options.RequestTimeout, _time, cancellationToken).ConfigureAwait(false);
            _report.Add(DoctorCheck.Pass(name, $"the service replies ({code} to an invalid request: {unchanged})"));
        }
        catch (TimeoutException)
        {
            _report.Add(DoctorCheck.Fail(name, ExitCode.Refused, NoReply(topic, filter)));
        }
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        lock (_repliedTopics)
        {
            _repliedTopics.Add(topic);
        }

        if (_awaited is { } awaited && topic == awaited.Topic)
        {
            awaited.Code.TrySetResult(awaited.CodeOf(payload));
        }

        if (!_requests.TryAccept(topic, payload, properties, receipt, out _))
        {
            receipt.Acknowledge();
        }
    }

    void IMqttHandler.OnDisconnected(string reason) => _requests.FailAll(reason);

    private static string WithPolicyHint(string reason, string topic) =>
        $"{reason}; if this happens again on AWS IoT, allow iot:Publish for topic/{topic} in the thing's policy";

    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        // Not a clean start: the messages that wait for the agent must stay.
        ConnectResult result = await _connection.ConnectAsync(cleanStart: false, cancellationToken).ConfigureAwait(false);
        if (result.IsConnected)
        {
            return true;
        }

        _report.Add(DoctorCheck.Fail(StageName.Of(result.Failure.Stage), ExitCode.Of(result.Failure.Kind), result.Failure.Message));
        if (_isFirst)
        {
            _report.Skip(StageName.After(result.Failure.Stage, _options.Proxy is not null, _service.CheckNames), "not reached");
        }

        return false;
    }

    /// <summary>Reconnects if a refusal has ended the connection.</summary>
    private async Task<bool> IsConnectedAsync(string name, string what, CancellationToken cancellationToken)
    {
        if (_connection.IsConnected)
        {
            return true;
        }

        ConnectResult result = await _connection.ConnectAsync(cleanStart: false, cancellationToken).ConfigureAwait(false);
        if (!result.IsConnected)
        {
            _report.Add(DoctorCheck.Fail(
                name,
                ExitCode.Of(result.Failure.Kind),
                $"{what} cannot be checked, the connection is lost: {result.Failure.Message}"));
            return false;
        }

        // Without a session the subscriptions are gone: request the granted ones again.
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

        // One filter at a time: a refusal may end the connection without naming the filter.
        ConnectFailure? failure = await _connection.SubscribeAsync([filter], cancellationToken).ConfigureAwait(false);
        if (failure is null)
        {
            _granted.Add(filter);
            _report.Add(DoctorCheck.Pass(StageName.Subscribe, filter));
        }
        else
        {
            _report.Add(DoctorCheck.Fail(StageName.Subscribe, ExitCode.Of(failure.Kind), failure.Message));
            await DisconnectAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> CanRequestAsync(string name, string filter, CancellationToken cancellationToken)
    {
        if (!_granted.Contains(filter))
        {
            _report.Add(DoctorCheck.Skip(name, $"needs the subscription to {filter}"));
            return false;
        }

        return await IsConnectedAsync(name, "the request", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reports a server that does not acknowledge.</summary>
    private async Task ReportSilenceAsync(string name, string topic, CancellationToken cancellationToken)
    {
        _isSilent = false;
        _report.Add(DoctorCheck.Fail(
            name,
            ExitCode.CanNotConnect,
            $"the server has not even acknowledged the request to {topic} within {_options.RequestTimeout.TotalSeconds:0} s: "
            + "the connection is up, but no data arrives; check the link between board and server (radio, NAT, firewall)"));
        await DisconnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes the next check use a new connection: this one may be lost without the client knowing it.</summary>
    private Task DisconnectAsync(CancellationToken cancellationToken) => _connection.DisconnectAsync(cancellationToken);

    private string NoReply(string topic, string filter)
    {
        string what = $"no reply to {topic} within {_options.RequestTimeout.TotalSeconds:0} s";
        foreach (string reply in (ReadOnlySpan<string>)[topic + "/accepted", topic + "/rejected"])
        {
            bool hasReply;
            lock (_repliedTopics)
            {
                hasReply = _repliedTopics.Contains(reply);
            }

            if (hasReply)
            {
                return $"{what}: a message arrived on {reply}, but without the clientToken of the request; the service there is not a "
                    + "Jobs service";
            }
        }

        return $"{what}, although the server accepted the request; on AWS IoT, allow iot:Receive for topic/{filter.Replace('+', '*')} "
            + "in the thing's policy; elsewhere, check that a Jobs service is attached to the broker";
    }

    private sealed record Rejection(string Topic, Func<ReadOnlyMemory<byte>, string> CodeOf, TaskCompletionSource<string> Code);
}
