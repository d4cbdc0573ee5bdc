using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;

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

        return TryGetCertificate(request, out string id, out RestResponse rejection)
            ? Done(jobs.AttachThingPrincipal(thing, id))
            : rejection;
    }

    public RestResponse Detach(RestRequest request, string thing) =>
        TryGetCertificate(request, out string id, out RestResponse rejection) ? Done(jobs.DetachThingPrincipal(thing, id)) : rejection;

    public RestResponse List(RestRequest request, string thing)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse rejection))
        {
            return rejection;
        }

        if (!jobs.ListThingPrincipals(thing).TryGet(out IReadOnlyList<DeviceCertificate>? certificates, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        Page<string> page = Page.Of(
            certificates.Select(static one => Arn.OfCertificate(one.Id)).Order(StringComparer.Ordinal), static arn => arn, maxResults,
            token);
        return RestResponse.Ok(new PrincipalListBody(page.Items, page.NextToken), RestJson.Default.PrincipalListBody);
    }

    public RestResponse ListThings(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse rejection)
            || !TryGetCertificate(request, out string id, out rejection))
        {
            return rejection;
        }

        if (!jobs.DescribeCertificate(id).TryGet(out DeviceCertificate? certificate, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        Page<string> page = Page.Of(certificate.Things, static thing => thing, maxResults, token);
        return RestResponse.Ok(new PrincipalThingsBody(page.Items, page.NextToken), RestJson.Default.PrincipalThingsBody);
    }

    private static bool TryGetCertificate(RestRequest request, out string id, out RestResponse rejection)
    {
        id = string.Empty;
        rejection = default;
        if (request.Principal is { } principal && Arn.TryGetCertificate(principal, out id))
        {
            return true;
        }

        rejection = RestResponse.InvalidRequest(
            $"the principal must be the ARN of a certificate, such as {Arn.OfCertificate("…")}, not '{request.Principal}'");
        return false;
    }

    private static RestResponse Done(ServiceError? error) =>
        error is null ? RestResponse.Ok(new EmptyBody(), RestJson.Default.EmptyBody) : ResponseMapper.Error(error, Plane.Control);
}
