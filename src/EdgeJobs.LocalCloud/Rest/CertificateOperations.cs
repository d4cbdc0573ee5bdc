using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Pki;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations that let a device connect: its certificate, and where to.</summary>
internal sealed class CertificateOperations(JobsService jobs, CertificateAuthority authority, Func<Endpoints> endpoints)
{
    // AWS's certificates name no thing; who wants one for a thing adds the query parameter thingName.
    private const string DefaultSubject = "EdgeJobs certificate";

    /// <summary>CreateKeysAndCertificate; with <c>thingName</c>, an addition, the certificate carries that name.</summary>
    public RestResponse Create(RestRequest request)
    {
        if (!request.TryQueryFlag("setAsActive", out _, out RestResponse bad))
        {
            return bad;
        }

        string? thing = request.Query("thingName");
        if (thing is not null && !jobs.DescribeThing(thing).Succeeded(out _, out ServiceError? error))
        {
            return Answers.Refuse(error, Plane.Control);
        }

        IssuedCertificate issued = authority.IssueClient(thing ?? DefaultSubject);
        KeyPairBody keys = new() { PublicKey = issued.PublicKeyPem, PrivateKey = issued.PrivateKeyPem };
        return RestResponse.Ok(
            new KeysAndCertificateBody(Arn.OfCertificate(issued.Id), issued.Id, issued.CertificatePem, keys, authority.CertificatePem),
            RestJson.Default.KeysAndCertificateBody);
    }

    /// <summary>DescribeEndpoint: the host as the client called it, as that is how it reaches this machine. A port that isn't the usual one is told too.</summary>
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
