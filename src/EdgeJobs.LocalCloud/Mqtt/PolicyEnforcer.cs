using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Policies;
using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Server;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// Checks each action of a client against the policies, and logs each denial with the action and the resource. Clients of the plain port
/// may do anything. A packet of an unknown connection is denied.
/// </summary>
internal sealed partial class PolicyEnforcer(JobsService service, ILogger logger)
{
    private readonly ILogger _logger = logger;

    // The library passes its handlers a client id, which several connections can share. But it handles all packets of a connection,
    // its last will included, in the asynchronous flow that serves the connection.
    private readonly AsyncLocal<ClientConnection?> _current = new();

    // Only to drop a message before it is queued. The check at sending is the one that counts.
    private readonly ConcurrentDictionary<string, ClientConnection> _receivers = new(StringComparer.Ordinal);

    public ClientConnection? Current => _current.Value;

    /// <summary>Sets the connection whose packets are handled in this asynchronous flow.</summary>
    public void SetCurrent(ClientConnection connection) => _current.Value = connection;

    /// <summary>True if the current client may connect; its connection is then admitted.</summary>
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

    /// <summary>True if the current client may subscribe to a filter. The filter is compared as text, with its wildcards.</summary>
    public bool MaySubscribe(string filter) => IsAllowed(Current, "iot:Subscribe", "topicfilter", filter);

    /// <summary>True if the current client may subscribe to all filters. Logs each denied one.</summary>
    public bool MaySubscribe(IEnumerable<MqttTopicFilter> filters)
    {
        bool all = true;
        foreach (MqttTopicFilter filter in filters)
        {
            all &= MaySubscribe(filter.Topic);
        }

        return all;
    }

    /// <param name="retain">Whether the message is to be retained, which requires a separate permission.</param>
    public bool MayPublish(string topic, bool retain) =>
        IsAllowed(Current, "iot:Publish", "topic", topic) && (!retain || IsAllowed(Current, "iot:RetainPublish", "topic", topic));

    public bool MayReceive(ClientConnection connection, string topic) => IsAllowed(connection, "iot:Receive", "topic", topic);

    /// <summary>
    /// True if a message may be queued for a client: it may receive the message, or it is not connected and is checked later.
    /// </summary>
    public bool MayQueue(string clientId, string topic) =>
        !_receivers.TryGetValue(clientId, out ClientConnection? connection) || MayReceive(connection, topic);

    /// <summary>False if the current connection may no longer be used.</summary>
    public bool IsActive() =>
        Current is { IsAdmitted: true } connection && (
            connection.Identity is { } client ? service.IsCertificateActive(client.CertificateId) : !connection.IsTls);

    public void Forget(ClientConnection connection)
    {
        if (connection.ClientId is { } clientId)
        {
            // Only if no other connection has taken over the client id.
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
            LogDenied(connect.ClientId, ShortId(client), "iot:Connect", Arn.Of("client", connect.ClientId), unknown.Message);
            return false;
        }

        connection.Identity = client;
        return IsAllowed(client, "iot:Connect", Arn.Of("client", connect.ClientId));
    }

    // What CONNECT requests, as values of iot:ConnectAttributes.
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
            LogDenied(client.ClientId, ShortId(client), action, arn, decision.Reason);
        }

        return decision.IsAllowed;
    }

    private static string ShortId(ClientIdentity client) => client.CertificateId[..12];

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "AUTHORIZATION_FAILURE: {ClientId} (certificate {Certificate}…) lacks {Action} on {Resource}: {Reason}")]
    private partial void LogDenied(string clientId, string certificate, string action, string resource, string reason);
}
