using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Pki;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on certificates, and DescribeEndpoint.</summary>
internal sealed class CertificateOperations(JobsService jobs, CertificateAuthority authority, Func<Endpoints> endpoints)
{
    // AWS's certificates do not name a thing; the query parameter thingName is an addition.
    private const string DefaultSubject = "EdgeJobs certificate";

    /// <summary>CreateKeysAndCertificate; <c>thingName</c>, an addition, sets the name in the certificate's subject.</summary>
    public RestResponse Create(RestRequest request)
    {
        if (!request.TryQueryFlag("setAsActive", out bool active, out RestResponse rejection))
        {
            return rejection;
        }

        string? thing = request.Query("thingName");
        if (thing is not null && !jobs.DescribeThing(thing).TryGet(out _, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        IssuedCertificate issued = authority.IssueClient(thing ?? DefaultSubject);
        if (jobs.AddCertificate(issued.Id, issued.CertificatePem, active).Error is { } failure)
        {
            return ResponseMapper.Error(failure, Plane.Control);
        }

        KeyPairBody keys = new() { PublicKey = issued.PublicKeyPem, PrivateKey = issued.PrivateKeyPem };
        return RestResponse.Ok(
            new KeysAndCertificateBody(Arn.OfCertificate(issued.Id), issued.Id, issued.CertificatePem, keys, authority.CertificatePem),
            RestJson.Default.KeysAndCertificateBody);
    }

    public RestResponse Describe(string id)
    {
        if (!jobs.DescribeCertificate(id).TryGet(out DeviceCertificate? certificate, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        using X509Certificate2 parsed = X509Certificate2.CreateFromPem(certificate.Pem);
        CertificateDescriptionBody body = new()
        {
            CertificateArn = Arn.OfCertificate(id),
            CertificateId = id,
            Status = certificate.Status.ToWireString(),
            CertificatePem = certificate.Pem,
            OwnedBy = Arn.Account,
            CreationDate = ResponseMapper.Seconds(certificate.CreatedAt),
            LastModifiedDate = ResponseMapper.Seconds(certificate.LastUpdatedAt),
            Validity = new ValidityBody(ResponseMapper.Seconds(parsed.NotBefore), ResponseMapper.Seconds(parsed.NotAfter)),
        };
        return RestResponse.Ok(new DescribeCertificateBody(body), RestJson.Default.DescribeCertificateBody);
    }

    public RestResponse Update(RestRequest request, string id)
    {
        string? wanted = request.Query("newStatus");
        return CertificateStatusNames.TryParse(wanted, out CertificateStatus status)
            && status is not (CertificateStatus.Deleted or CertificateStatus.PendingActivation)
            ? ResponseMapper.EmptyOrError(jobs.UpdateCertificate(id, status))
            : RestResponse.InvalidRequest($"newStatus must be ACTIVE, INACTIVE or REVOKED, not '{wanted}'");
    }

    public RestResponse Delete(RestRequest request, string id) =>
        request.TryQueryFlag("forceDelete", out bool force, out RestResponse rejection)
            ? ResponseMapper.EmptyOrError(jobs.DeleteCertificate(id, force))
            : rejection;

    public RestResponse List(RestRequest request)
    {
        if (!request.TryQueryMarkedPage(out int size, out string? marker, out RestResponse rejection))
        {
            return rejection;
        }

        Page<DeviceCertificate> page = jobs.ListCertificates(size, marker);
        CertificateSummaryBody[] certificates =
        [
            .. page.Items.Select(static one => new CertificateSummaryBody(
                Arn.OfCertificate(one.Id), one.Id, one.Status.ToWireString(), "DEFAULT", ResponseMapper.Seconds(one.CreatedAt))),
        ];
        return RestResponse.Ok(new CertificateListBody(certificates, page.NextToken), RestJson.Default.CertificateListBody);
    }

    /// <summary>
    /// DescribeEndpoint: the host by which the client called, since that name reaches this machine, with the port if it is not the
    /// standard one.
    /// </summary>
    public RestResponse Endpoint(RestRequest request)
    {
        Endpoints known = endpoints();
        string? type = request.Query("endpointType");
        (string? host, int? port, int usual) = type switch
        {
            null or "iot:Data" or "iot:Data-ATS" => (known.MqttHost, known.MqttPort, 8883),
            "iot:Jobs" => (null, known.HttpPort, 443),
            _ => (null, null, 0),
        };
        if (port is null)
        {
            return RestResponse.InvalidRequest($"endpointType '{type}' is not served by the local cloud");
        }

        host ??= request.Host.Trim('[', ']');
        host = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
        return RestResponse.Ok(new EndpointBody(port == usual ? host : $"{host}:{port}"), RestJson.Default.EndpointBody);
    }
}
