using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Policies;
using EdgeJobs.LocalCloud.Rest;
using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Server;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// Asks the policies before a client does anything, and logs each denial with the action and the resource that would have to be
/// allowed. A client of the plain port may do anything. A packet whose connection is not known is denied.
/// </summary>
internal sealed partial class PolicyGate(JobsService service, ILogger logger)
{
    private readonly ILogger _logger = logger;

    // The library's handlers get a client id, which more than one connection can have. All packets of a connection, its last will
    // included, are handled in the asynchronous flow that serves the connection.
    private readonly AsyncLocal<ClientConnection?> _current = new();

    // Only to drop a message early, before it is queued. What counts is the check when it is sent.
    private readonly ConcurrentDictionary<string, ClientConnection> _receivers = new(StringComparer.Ordinal);

    /// <summary>The connection whose packet is being handled, or null.</summary>
    public ClientConnection? Current => _current.Value;

    /// <summary>From here on, in this asynchronous flow, packets of this connection are handled.</summary>
    public void Enter(ClientConnection connection) => _current.Value = connection;

    /// <summary>True when the current client may connect, which admits its connection.</summary>
    public bool MayConnect(ValidatingConnectionEventArgs connect)
    {
        if (Current is not { } connection || (connection.IsTls && !TryIdentify(connection, connect)))
        {
            return false;
        }

        connection.IsAdmitted = true;
        connection.ClientId = connect.ClientId;
        _receivers[connect.ClientId] = connection;
        return true;
    }

    /// <summary>True when the current client may subscribe to a filter: the filter is compared as text, its wildcards too.</summary>
    public bool MaySubscribe(string filter) => IsAllowed(Current, "iot:Subscribe", "topicfilter", filter);

    /// <summary>True when the current client may subscribe to all filters; each that it may not is logged.</summary>
    public bool MaySubscribe(IEnumerable<MqttTopicFilter> filters)
    {
        bool all = true;
        foreach (MqttTopicFilter filter in filters)
        {
            all &= MaySubscribe(filter.Topic);
        }

        return all;
    }

    /// <summary>True when the current client may publish to a topic.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="retain">Whether the message is to be kept, which takes a permission of its own.</param>
    public bool MayPublish(string topic, bool retain) =>
        IsAllowed(Current, "iot:Publish", "topic", topic) && (!retain || IsAllowed(Current, "iot:RetainPublish", "topic", topic));

    /// <summary>True when a message of a topic may be sent on a connection.</summary>
    public bool MayReceive(ClientConnection connection, string topic) => IsAllowed(connection, "iot:Receive", "topic", topic);

    /// <summary>True when a message may be queued for a client: it may receive it, or is not connected and is asked when it is.</summary>
    public bool MayQueue(string clientId, string topic) =>
        !_receivers.TryGetValue(clientId, out ClientConnection? connection) || MayReceive(connection, topic);

    /// <summary>False when the current connection may no longer be used.</summary>
    public bool IsActive() =>
        Current is { IsAdmitted: true } connection && (connection.Identity is { } client ? service.IsCertificateActive(client.CertificateId) : !connection.IsTls);

    /// <summary>The connection is gone.</summary>
    public void Forget(ClientConnection connection)
    {
        if (connection.ClientId is { } clientId)
        {
            // Only if no other connection has taken the client id over.
            _receivers.TryRemove(new KeyValuePair<string, ClientConnection>(clientId, connection));
        }
    }

    private bool TryIdentify(ClientConnection connection, ValidatingConnectionEventArgs connect)
    {
        if (connect.ClientCertificate is not { } certificate)
        {
            return false;
        }

        IPAddress? address = (connect.RemoteEndPoint as IPEndPoint)?.Address;
        ClientIdentity client = new(connect.ClientId, certificate, address, AttributesOf(connection, connect));
        Result<DeviceCertificate> known = service.AdmitCertificate(
            client.CertificateId, certificate.ExportCertificatePem(), certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        if (known.Error is { } unknown)
        {
            Denied(connect.ClientId, Short(client), "iot:Connect", Arn.Of("client", connect.ClientId), unknown.Message);
            return false;
        }

        connection.Identity = client;
        return IsAllowed(client, "iot:Connect", Arn.Of("client", connect.ClientId));
    }

    // What a client asks for, under the names that policies have for it.
    private static List<string> AttributesOf(ClientConnection connection, ValidatingConnectionEventArgs connect)
    {
        List<string> attributes = [];
        if (connect.ProtocolVersion == MqttProtocolVersion.V500 ? connect.SessionExpiryInterval > 0 : connect.CleanSession == false)
        {
            attributes.Add("PersistentConnect");
        }

        if (connection.HasWill)
        {
            attributes.Add("LastWill");
        }

        return attributes;
    }

    private bool IsAllowed(ClientConnection? connection, string action, string kind, string name) =>
        connection is { IsAdmitted: true }
        && (connection.Identity is { } client ? IsAllowed(client, action, Arn.Of(kind, name)) : !connection.IsTls);

    private bool IsAllowed(ClientIdentity client, string action, string arn)
    {
        PolicyDecision decision = service.Authorize(client, action, arn);
        if (!decision.IsAllowed)
        {
            Denied(client.ClientId, Short(client), action, arn, decision.Why);
        }

        return decision.IsAllowed;
    }

    private static string Short(ClientIdentity client) => client.CertificateId[..12];

    [LoggerMessage(Level = LogLevel.Warning, Message = "AUTHORIZATION_FAILURE: {ClientId} (certificate {Certificate}…) lacks {Action} on {Resource}: {Why}")]
    private partial void Denied(string clientId, string certificate, string action, string resource, string why);
}
