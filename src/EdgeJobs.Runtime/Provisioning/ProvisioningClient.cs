using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>AWS IoT fleet provisioning over MQTT: one connection with the claim certificate, made when it is first needed.</summary>
/// <param name="settings">The template, and who makes the key.</param>
/// <param name="parameters">The template's parameters.</param>
/// <param name="claim">How to connect with the claim certificate.</param>
/// <param name="identity">How to connect with the identity, apart from the client id.</param>
/// <param name="time">The clock of time-outs and certificates.</param>
/// <param name="random">Where tokens come from.</param>
/// <param name="logger">The operator's log.</param>
internal sealed class ProvisioningClient(
    ProvisioningSettings settings,
    ValueMap<string> parameters,
    MqttConnectionOptions claim,
    Func<string, MqttConnectionOptions> identity,
    TimeProvider time,
    Random random,
    ILogger logger) : IProvisioningService, IAsyncDisposable
{
    /// <summary>The subject's common name in what a board asks for; the service puts its own mark on certificates by their id.</summary>
    private const string CommonName = "edgejobs";

    private const int MaxShown = 160;

    // AWS IoT takes one CONNECT a second from a client id, and the agent connects right after this.
    private static readonly TimeSpan BetweenConnects = TimeSpan.FromSeconds(1.1);
    private Link? _link;

    /// <summary>A certificate that is not valid yet by the board's clock is waited for: the clock may be set later.</summary>
    public bool WaitsForServer { get; init; }

    /// <summary>The topic filters of the replies: to the request for a certificate, then to the registration.</summary>
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
                JobsOperations.CreateKeysAndCertificate, JobsTopics.CreateKeysAndCertificate(), new CreateKeysAndCertificateRequest(), cancellationToken).ConfigureAwait(false);
            return keys.Accepted is { } made
                ? Checked(new Secret(made.PrivateKey), made.CertificateId, made.CertificatePem, made.CertificateOwnershipToken)
                : WithoutAccepted(keys.Status, keys.Rejected, keys.Reason);
        }

        if (BoardKey.Request(key, CommonName) is not { } csr)
        {
            return new ProvisioningReply.None(
                ConnectFailureKind.Credentials, "the board's private key in the directory identity of the data directory can't be used; restore it, or remove the directory to provision the board again");
        }

        CreateCertificateFromCsrRequest request = new() { CertificateSigningRequest = csr };
        Reply<CreateCertificateFromCsrResponse, ProvisioningRejectedResponse> reply = await link.Requests.RequestAsync(
            JobsOperations.CreateCertificateFromCsr, JobsTopics.CreateCertificateFromCsr(), request, cancellationToken).ConfigureAwait(false);
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
            ? Checked(thing.ThingName, thing.DeviceConfiguration is { Count: > 0 } configuration ? IdentityCodec.WriteConfiguration(configuration) : null)
            : WithoutAccepted(reply.Status, reply.Rejected, reply.Reason);
    }

    /// <inheritdoc/>
    public async Task<ProvisioningReply> VerifyAsync(string thingName, CancellationToken cancellationToken)
    {
        await DisconnectAsync().ConfigureAwait(false);
        MqttConnectionOptions options = identity(thingName);
        await using MqttConnection connection = new(options, Nobody.Instance, time, logger);
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
        if (_link is { IsLost: false } standing)
        {
            return (standing, null);
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

        return (null, new ProvisioningReply.None(KindOf(failure, claim), "with the claim certificate: " + BoardIdentity.OfClaim(failure.Message)));
    }

    private ConnectFailureKind KindOf(ConnectFailure failure, MqttConnectionOptions options) =>
        failure.Kind == ConnectFailureKind.Credentials && WaitsForServer && FirstConnection.MayPass(failure, options, time)
            ? ConnectFailureKind.Unreachable
            : failure.Kind;

    /// <summary>What the service says of the thing: its name becomes a client id and topics, and stays on the disk.</summary>
    internal static ProvisioningReply Checked(string? thingName, string? configuration) => thingName is null || JobsTopics.IsThingName(thingName)
        ? new ProvisioningReply.Thing(thingName, configuration)
        : new ProvisioningReply.None(
            ConnectFailureKind.Refused,
            $"the service registered the board under a name that can't be a thing's: '{StatusText.Head(thingName, MaxShown)}'; the template's ThingName must give 1 to 128 characters of [a-zA-Z0-9:_-]")
        {
            MayHaveActed = true,
        };

    /// <summary>What the service says of a certificate.</summary>
    internal static ProvisioningReply Checked(Secret privateKey, string id, string certificate, string token) => !IdentityCodec.IsCertificateId(id)
        ? new ProvisioningReply.None(ConnectFailureKind.Protocol, $"the service sent a certificate whose id can't be one: '{StatusText.Head(id, MaxShown)}'") { MayHaveActed = true }
        : BoardKey.Fits(privateKey, certificate)
        ? new ProvisioningReply.Certificate(privateKey, id, certificate, new Secret(token))
        : new ProvisioningReply.None(ConnectFailureKind.Protocol, $"the service sent the certificate {id}, which is not for this board's key") { MayHaveActed = true };

    private static ProvisioningReply WithoutAccepted(ReplyStatus status, ProvisioningRejectedResponse? rejected, string reason) => status switch
    {
        ReplyStatus.Rejected => new ProvisioningReply.Rejected(rejected!.StatusCode ?? 0, rejected.ErrorCode ?? string.Empty, rejected.ErrorMessage ?? string.Empty),
        ReplyStatus.Refused => new ProvisioningReply.None(ConnectFailureKind.Refused, "with the claim certificate: " + reason),
        ReplyStatus.Invalid => new ProvisioningReply.None(ConnectFailureKind.Credentials, reason + "; look at --provisioning_parameters"),
        _ => new ProvisioningReply.None(ConnectFailureKind.Protocol, reason) { MayHaveActed = true },
    };

    /// <summary>Hears nothing: to see whether a connection is granted.</summary>
    private sealed class Nobody : IMqttHandler
    {
        public static Nobody Instance { get; } = new();

        public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt) => receipt.Acknowledge();

        public void OnDisconnected(string reason)
        {
        }
    }

    /// <summary>A connection with the requests that are made over it.</summary>
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

        // Acknowledged at once: what a reply brings is asked for again when it is lost.
        public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
        {
            Requests.TryAccept(topic, payload, receipt, out _);
            receipt.Acknowledge();
        }

        public void OnDisconnected(string reason) => Requests.FailAll(reason);
    }
}
