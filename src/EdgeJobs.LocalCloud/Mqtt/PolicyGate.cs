using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Policies;
using EdgeJobs.LocalCloud.Rest;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// Asks the policies before a client does anything, and logs each denial with the action and the resource that would have to be
/// allowed. A client without a certificate (the plain port) may do anything.
/// </summary>
internal sealed partial class PolicyGate(JobsService service, ILogger logger)
{
    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<string, ClientIdentity> _clients = new(StringComparer.Ordinal);

    /// <summary>True when a client may connect; from then on it is known under its client id.</summary>
    /// <param name="clientId">The client id.</param>
    /// <param name="certificate">Its certificate, which the cloud's authority has issued; null on the plain port.</param>
    /// <param name="address">Where it connects from.</param>
    /// <param name="connectAttributes">What it asks for.</param>
    public bool MayConnect(string clientId, X509Certificate2? certificate, IPAddress? address, IReadOnlyList<string> connectAttributes)
    {
        if (certificate is null)
        {
            _clients.TryRemove(clientId, out _);
            return true;
        }

        ClientIdentity client = new(clientId, certificate, address, connectAttributes);
        Result<DeviceCertificate> known = service.AdmitCertificate(
            client.CertificateId, certificate.ExportCertificatePem(), certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false));
        if (known.Error is { } unknown)
        {
            Denied(clientId, Short(client), "iot:Connect", Arn.Of("client", clientId), unknown.Message);
            return false;
        }

        if (!IsAllowed(client, "iot:Connect", Arn.Of("client", clientId)))
        {
            return false;
        }

        _clients[clientId] = client;
        return true;
    }

    /// <summary>True when a client may subscribe to a filter: the filter is compared as text, its wildcards too.</summary>
    public bool MaySubscribe(string clientId, string filter) => IsAllowed(clientId, "iot:Subscribe", "topicfilter", filter);

    /// <summary>True when a client may subscribe to all filters; each that it may not is logged.</summary>
    public bool MaySubscribe(string clientId, IEnumerable<MqttTopicFilter> filters)
    {
        bool all = true;
        foreach (MqttTopicFilter filter in filters)
        {
            all &= MaySubscribe(clientId, filter.Topic);
        }

        return all;
    }

    /// <summary>True when a client may publish to a topic.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="retain">Whether the message is to be kept, which takes a permission of its own.</param>
    public bool MayPublish(string clientId, string topic, bool retain) =>
        IsAllowed(clientId, "iot:Publish", "topic", topic) && (!retain || IsAllowed(clientId, "iot:RetainPublish", "topic", topic));

    /// <summary>True when a client may get a message of a topic.</summary>
    public bool MayReceive(string clientId, string topic) => IsAllowed(clientId, "iot:Receive", "topic", topic);

    /// <summary>False when the certificate of a connected client may no longer be used.</summary>
    public bool IsActive(string clientId) => !_clients.TryGetValue(clientId, out ClientIdentity? client) || service.IsCertificateActive(client.CertificateId);

    /// <summary>The client's session is gone.</summary>
    public void Forget(string clientId) => _clients.TryRemove(clientId, out _);

    private bool IsAllowed(string clientId, string action, string kind, string name) =>
        !_clients.TryGetValue(clientId, out ClientIdentity? client) || IsAllowed(client, action, Arn.Of(kind, name));

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
