using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>AWS IoT fleet provisioning over MQTT, with one connection that is opened when it is first needed.</summary>
/// <param name="settings">The template, and who creates the key.</param>
/// <param name="parameters">The template's parameters.</param>
/// <param name="claim">The connection with the claim certificate.</param>
/// <param name="identity">The connection as a thing.</param>
/// <param name="time">The clock of time-outs and certificates.</param>
/// <param name="random">The source of tokens.</param>
/// <param name="logger">The agent's log.</param>
internal sealed class ProvisioningClient(
    ProvisioningSettings settings,
    ValueMap<string> parameters,
    MqttConnectionOptions claim,
    Func<string, MqttConnectionOptions> identity,
    TimeProvider time,
    Random random,
    ILogger logger) : IProvisioningService, IAsyncDisposable
{
    /// <summary>The common name in certificate requests. The service identifies certificates by their ids.</summary>
    private const string CommonName = "edgejobs";

    private const int MaxShown = 160;

    // AWS IoT accepts one CONNECT per second from a client id, and the agent connects right after this.
    private static readonly TimeSpan BetweenConnects = TimeSpan.FromSeconds(1.1);
    private Link? _link;

    /// <summary>Whether to wait for a certificate that is not valid yet by the board's clock, which may be set later.</summary>
    public bool WaitsForServer { get; init; }

    /// <summary>The topic filters of the replies to the certificate request and to the registration.</summary>
    public static IReadOnlyList<string> FiltersOf(ProvisioningSettings settings) =>
    [
        settings.IsKeyOfService ? JobsTopics.CreateKeysAndCertificateReplyFilter() : JobsTopics.CreateCertificateFromCsrReplyFilter(),
        JobsTopics.RegisterThingReplyFilter(settings.Template),
    ];

    /// <inheritdoc/>
    public async Task<ProvisioningReply> CreateAsync(Secret? privateKey, CancellationToken cancellationToken)
    {
        (Link? link, ProvisioningReply.None? fault) = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (link is null)
        {
            return fault!;
        }

        if (privateKey is not { } key)
        {
            Reply<CreateKeysAndCertificateResponse, ProvisioningRejectedResponse> keys = await link.Requests.RequestAsync(
                JobsOperations.CreateKeysAndCertificate,
                JobsTopics.CreateKeysAndCertificate(),
                new CreateKeysAndCertificateRequest(),
                cancellationToken).ConfigureAwait(false);
            return keys.Accepted is { } made
                ? Checked(new Secret(made.PrivateKey), made.CertificateId, made.CertificatePem, made.CertificateOwnershipToken)
                : WithoutAccepted(keys.Status, keys.Rejected, keys.Reason);
        }

        if (BoardKey.Request(key, CommonName) is not { } csr)
        {
            return new ProvisioningReply.None(
                ConnectFailureKind.Credentials,
                "the board's private key in the directory identity of the data directory is invalid; "
                + "restore it, or remove the directory to provision the board again");
        }

        CreateCertificateFromCsrRequest request = new() { CertificateSigningRequest = csr };
        Reply<CreateCertificateFromCsrResponse, ProvisioningRejectedResponse> reply = await link.Requests.RequestAsync(
            JobsOperations.CreateCertificateFromCsr,
            JobsTopics.CreateCertificateFromCsr(),
            request,
            cancellationToken).ConfigureAwait(false);
        return reply.Accepted is { } signed
            ? Checked(key, signed.CertificateId, signed.CertificatePem, signed.CertificateOwnershipToken)
            : WithoutAccepted(reply.Status, reply.Rejected, reply.Reason);
    }

    /// <inheritdoc/>
    public async Task<ProvisioningReply> RegisterAsync(Secret token, CancellationToken cancellationToken)
    {
        (Link? link, ProvisioningReply.None? fault) = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (link is null)
        {
            return fault!;
        }

        RegisterThingRequest request = new() { CertificateOwnershipToken = token.Reveal(), Parameters = parameters };
        Reply<RegisterThingResponse, ProvisioningRejectedResponse> reply = await link.Requests.RequestAsync(
            JobsOperations.RegisterThing, JobsTopics.RegisterThing(settings.Template), request, cancellationToken).ConfigureAwait(false);
        return reply.Accepted is { } thing
            ? Checked(thing.ThingName, thing.DeviceConfiguration is { Count: > 0 } values ? IdentityCodec.WriteConfiguration(values) : null)
            : WithoutAccepted(reply.Status, reply.Rejected, reply.Reason);
    }

    /// <inheritdoc/>
    public async Task<ProvisioningReply> VerifyAsync(string thingName, CancellationToken cancellationToken)
    {
        await DisconnectAsync().ConfigureAwait(false);
        MqttConnectionOptions options = identity(thingName);
        await using MqttConnection connection = new(options, NullHandler.Instance, time, logger);
        ConnectResult result = await connection.ConnectAsync(cleanStart: true, cancellationToken).ConfigureAwait(false);
        if (!result.IsConnected)
        {
            return new ProvisioningReply.None(KindOf(result.Failure, options), result.Failure.Message);
        }

        await connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
        await Task.Delay(BetweenConnects, time, cancellationToken).ConfigureAwait(false);
        return new ProvisioningReply.Connected();
    }

    /// <inheritdoc/>
    public async Task DisconnectAsync()
    {
        if (_link is { } link)
        {
            _link = null;
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await DisconnectAsync().ConfigureAwait(false);

    private async Task<(Link? Link, ProvisioningReply.None? Fault)> ConnectAsync(CancellationToken cancellationToken)
    {
        if (_link is { IsLost: false } current)
        {
            return (current, null);
        }

        await DisconnectAsync().ConfigureAwait(false);
        Link link = new(claim, time, random, logger);
        ConnectFailure? failure;
        try
        {
            failure = await link.ConnectAsync(FiltersOf(settings), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (failure is null)
        {
            _link = link;
            return (link, null);
        }

        await link.DisposeAsync().ConfigureAwait(false);

        string reason = "with the claim certificate: " + BoardIdentity.OfClaim(failure.Message);
        return (null, new ProvisioningReply.None(KindOf(failure, claim), reason));
    }

    private ConnectFailureKind KindOf(ConnectFailure failure, MqttConnectionOptions options) =>
        failure.Kind == ConnectFailureKind.Credentials && WaitsForServer && FirstConnection.MayPass(failure, options, time)
            ? ConnectFailureKind.Unreachable
            : failure.Kind;

    /// <summary>Checks a thing name of the service, which becomes a client id and part of topics, and is saved.</summary>
    internal static ProvisioningReply Checked(string? thingName, string? configuration) =>
        thingName is null || JobsTopics.IsThingName(thingName)
        ? new ProvisioningReply.Thing(thingName, configuration)
        : new ProvisioningReply.None(
            ConnectFailureKind.Refused,
            $"the service registered the board with an invalid thing name: '{StatusText.Head(thingName, MaxShown)}'; "
            + "the template's ThingName must be 1 to 128 characters of [a-zA-Z0-9:_-]")
        {
            MayHaveActed = true,
        };

    /// <summary>Checks a certificate of the service.</summary>
    internal static ProvisioningReply Checked(Secret privateKey, string id, string certificate, string token) =>
        !IdentityCodec.IsCertificateId(id)
        ? Invalid($"the service sent a certificate with an invalid id: '{StatusText.Head(id, MaxShown)}'")
        : BoardKey.Fits(privateKey, certificate)
        ? new ProvisioningReply.Certificate(privateKey, id, certificate, new Secret(token))
        : Invalid($"the service sent the certificate {id}, which does not belong to this board's key");

    private static ProvisioningReply WithoutAccepted(
        ReplyStatus status, ProvisioningRejectedResponse? rejected, string reason) => status switch
        {
            ReplyStatus.Rejected => new ProvisioningReply.Rejected(
                rejected!.StatusCode ?? 0, rejected.ErrorCode ?? string.Empty, rejected.ErrorMessage ?? string.Empty),
            ReplyStatus.Refused => new ProvisioningReply.None(ConnectFailureKind.Refused, "with the claim certificate: " + reason),
            ReplyStatus.Invalid => new ProvisioningReply.None(ConnectFailureKind.Credentials, reason + "; check --provisioning_parameters"),
            _ => Invalid(reason),
        };

    private static ProvisioningReply.None Invalid(string reason) => new(ConnectFailureKind.Protocol, reason) { MayHaveActed = true };

    /// <summary>Ignores messages: only the connection matters.</summary>
    private sealed class NullHandler : IMqttHandler
    {
        public static NullHandler Instance { get; } = new();

        public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt) =>
            receipt.Acknowledge();

        public void OnDisconnected(string reason)
        {
        }
    }

    private sealed class Link : IMqttHandler, IAsyncDisposable
    {
        private readonly MqttConnection _connection;

        public Link(MqttConnectionOptions options, TimeProvider time, Random random, ILogger logger)
        {
            _connection = new MqttConnection(options, this, time, logger);
            Requests = new RequestClient(JobsSpec.Instance, _connection.PublishAsync, options.RequestTimeout, time, random, logger);
        }

        public RequestClient Requests { get; }

        public bool IsLost => !_connection.IsConnected;

        public async Task<ConnectFailure?> ConnectAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
        {
            ConnectResult result = await _connection.ConnectAsync(cleanStart: true, cancellationToken).ConfigureAwait(false);
            return result.Failure ?? await _connection.SubscribeAsync(filters, cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            await _connection.DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
            await _connection.DisposeAsync().ConfigureAwait(false);
            Requests.FailAll("the connection is closed");
        }

        // Acknowledge at once: a request is repeated when its reply is lost.
        public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
        {
            Requests.TryAccept(topic, payload, properties, receipt, out _);
            receipt.Acknowledge();
        }

        public void OnDisconnected(string reason) => Requests.FailAll(reason);
    }
}
