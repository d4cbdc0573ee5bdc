using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Provisioning;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// Fleet provisioning over MQTT: request topic and payload in, response topic and payload out. A claim certificate is an ordinary
/// certificate whose policies allow these topics.
/// </summary>
internal sealed class ProvisioningApi(JobsService jobs, CertificateAuthority authority)
{
    private const string Subject = "EdgeJobs provisioned";

    public static bool Handles(string topic) => JobsTopics.TryMatch(topic, out JobsTopicMatch match)
        && match.Channel is JobsChannel.CreateKeysAndCertificate or JobsChannel.CreateCertificateFromCsr or JobsChannel.RegisterThing;

    /// <summary>Handles a board's request. The response is passed to the gateway before this method returns.</summary>
    /// <param name="gateway">The gateway of the request and the response.</param>
    /// <param name="clientId">The requesting client's id; its policies have been checked.</param>
    /// <param name="topic">A topic that this API <see cref="Handles"/>.</param>
    /// <param name="payload">The payload; not kept after the call.</param>
    public void HandleRequest(
        IDeviceGateway gateway, string clientId, string topic, ReadOnlyMemory<byte> payload) => jobs.HandleProvisioning(
        gateway,
        clientId,
        transaction => Handle(transaction, topic, payload.IsEmpty ? "{}"u8.ToArray() : payload),
        failure => Rejected(topic, new ProvisioningFault(500, "InternalError", failure.Message)));

    private DeviceMessage Handle(Transaction transaction, string topic, ReadOnlyMemory<byte> payload)
    {
        _ = JobsTopics.TryMatch(topic, out JobsTopicMatch match);
        switch (match.Channel)
        {
            case JobsChannel.CreateKeysAndCertificate:
                if (!CreateKeysAndCertificateRequest.TryRead(payload, out _, out CodecError noObject))
                {
                    return Rejected(topic, ProvisioningFault.Invalid(noObject.ToString()));
                }

                IssuedCertificate keys = authority.IssueClient(Subject);
                return DeviceMessage.Of(topic + "/accepted", new CreateKeysAndCertificateResponse
                {
                    CertificateId = keys.Id,
                    CertificatePem = keys.CertificatePem,
                    PrivateKey = keys.PrivateKeyPem,
                    CertificateOwnershipToken = FleetProvisioning.Issue(transaction, keys.Id, keys.CertificatePem),
                });
            case JobsChannel.CreateCertificateFromCsr:
                return CreateFromRequest(transaction, topic, payload);
            default:
                return Register(transaction, topic, match.TemplateName.ToString(), payload);
        }
    }

    private DeviceMessage CreateFromRequest(Transaction transaction, string topic, ReadOnlyMemory<byte> payload)
    {
        if (!CreateCertificateFromCsrRequest.TryRead(payload, out CreateCertificateFromCsrRequest? request, out CodecError fault))
        {
            return Rejected(topic, ProvisioningFault.Invalid(fault.ToString()));
        }

        if (!request.TryValidate(out ConstraintViolation violation))
        {
            return Rejected(topic, ProvisioningFault.Invalid(violation.ToString()));
        }

        if (!authority.TryIssue(request.CertificateSigningRequest, out string? id, out string? pem, out string rejected))
        {
            return Rejected(topic, new ProvisioningFault(400, "InvalidCsr", rejected));
        }

        return DeviceMessage.Of(topic + "/accepted", new CreateCertificateFromCsrResponse
        {
            CertificateId = id,
            CertificatePem = pem,
            CertificateOwnershipToken = FleetProvisioning.Issue(transaction, id, pem),
        });
    }

    private static DeviceMessage Register(Transaction transaction, string topic, string template, ReadOnlyMemory<byte> payload)
    {
        // A missing token is a missing required member, but has its own error.
        RegisterThingRequest? request = RegisterThingRequest.TryRead(payload, out RegisterThingRequest? read, out CodecError error)
            ? read
            : null;
        if (request is null && error.Member != "certificateOwnershipToken")
        {
            return Rejected(topic, ProvisioningFault.Invalid(error.ToString()));
        }

        Transaction attempt = new(transaction.State, transaction.Now);
        RegisterThingResponse? response = FleetProvisioning.Register(
            attempt, template, request?.CertificateOwnershipToken, request?.Parameters ?? ValueMap<string>.Empty,
            out ProvisioningFault? rejected);
        if (response is null)
        {
            return Rejected(topic, rejected!);
        }

        foreach (StateChange change in attempt.Changes)
        {
            transaction.Apply(change);
        }

        return DeviceMessage.Of(topic + "/accepted", response);
    }

    private static DeviceMessage Rejected(
        string topic, ProvisioningFault fault) => DeviceMessage.Of(topic + "/rejected", new ProvisioningRejectedResponse
        {
            StatusCode = fault.StatusCode,
            ErrorCode = fault.Code,
            ErrorMessage = fault.Message,
        });
}
