using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Jobs;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations that attach certificates to things.</summary>
internal sealed class PrincipalOperations(JobsService jobs)
{
    public RestResponse Attach(RestRequest request, string thing)
    {
        if (request.Query("thingPrincipalType") is { } type and not "NON_EXCLUSIVE_THING")
        {
            return RestResponse.InvalidRequest($"thingPrincipalType {type} is not supported by the local cloud");
        }

        return TryGetCertificate(request, out string id, out RestResponse bad) ? Done(jobs.AttachThingPrincipal(thing, id)) : bad;
    }

    public RestResponse Detach(RestRequest request, string thing) =>
        TryGetCertificate(request, out string id, out RestResponse bad) ? Done(jobs.DetachThingPrincipal(thing, id)) : bad;

    public RestResponse List(RestRequest request, string thing)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse bad))
        {
            return bad;
        }

        if (!jobs.ListThingPrincipals(thing).Succeeded(out IReadOnlyList<DeviceCertificate>? certificates, out ServiceError? error))
        {
            return Answers.Refuse(error, Plane.Control);
        }

        Page<string> page = Page.Of(
            certificates.Select(static one => Arn.OfCertificate(one.Id)).Order(StringComparer.Ordinal), static arn => arn, maxResults, token);
        return RestResponse.Ok(new PrincipalListBody(page.Items, page.NextToken), RestJson.Default.PrincipalListBody);
    }

    public RestResponse ListThings(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse bad) || !TryGetCertificate(request, out string id, out bad))
        {
            return bad;
        }

        if (!jobs.DescribeCertificate(id).Succeeded(out DeviceCertificate? certificate, out ServiceError? error))
        {
            return Answers.Refuse(error, Plane.Control);
        }

        Page<string> page = Page.Of(certificate.Things, static thing => thing, maxResults, token);
        return RestResponse.Ok(new PrincipalThingsBody(page.Items, page.NextToken), RestJson.Default.PrincipalThingsBody);
    }

    private static bool TryGetCertificate(RestRequest request, out string id, out RestResponse bad)
    {
        id = string.Empty;
        bad = default;
        if (request.Principal is { } principal && Arn.TryGetCertificate(principal, out id))
        {
            return true;
        }

        bad = RestResponse.InvalidRequest($"the principal must be the ARN of a certificate, such as {Arn.OfCertificate("…")}, not '{request.Principal}'");
        return false;
    }

    private static RestResponse Done(ServiceError? error) => error is null ? RestResponse.Ok(new EmptyBody(), RestJson.Default.EmptyBody) : Answers.Refuse(error, Plane.Control);
}
