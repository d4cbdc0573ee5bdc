using System.Collections.Immutable;
using System.Globalization;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on policies.</summary>
internal sealed class PolicyOperations(JobsService jobs)
{
    public RestResponse Create(RestRequest request, string name)
    {
        if (!TryReadDocument(request, out string json, out RestResponse rejection))
        {
            return rejection;
        }

        return jobs.CreatePolicy(name, json).TryGet(out Policy? policy, out ServiceError? error)
            ? RestResponse.Ok(new PolicyCreatedBody(
                name, Arn.OfPolicy(name), policy.Default.Json, Id(policy.DefaultVersion)), RestJson.Default.PolicyCreatedBody)
            : ResponseMapper.Error(error, Plane.Control, name, Arn.OfPolicy(name));
    }

    public RestResponse Get(string name) => jobs.GetPolicy(name).TryGet(out Policy? policy, out ServiceError? error)
        ? RestResponse.Ok(
            new PolicyBody(
                name, Arn.OfPolicy(name), policy.Default.Json, Id(policy.DefaultVersion),
                ResponseMapper.Seconds(policy.Versions[0].CreatedAt), ResponseMapper.Seconds(policy.Versions[^1].CreatedAt)),
            RestJson.Default.PolicyBody)
        : ResponseMapper.Error(error, Plane.Control);

    public RestResponse List(RestRequest request)
    {
        if (!request.TryQueryMarkedPage(out int size, out string? marker, out RestResponse rejection))
        {
            return rejection;
        }

        Page<Policy> page = jobs.ListPolicies(size, marker);
        return RestResponse.Ok(new PolicyListBody(
            [.. page.Items.Select(static policy => Summary(policy.Name))], page.NextToken), RestJson.Default.PolicyListBody);
    }

    public RestResponse Delete(string name) => ResponseMapper.EmptyOrError(jobs.DeletePolicy(name));

    public RestResponse CreateVersion(RestRequest request, string name)
    {
        if (!request.TryQueryFlag("setAsDefault", out bool setAsDefault, out RestResponse rejection)
            || !TryReadDocument(request, out string json, out rejection))
        {
            return rejection;
        }

        return jobs.CreatePolicyVersion(name, json, setAsDefault).TryGet(out Policy? policy, out ServiceError? error)
            ? RestResponse.Ok(
                new PolicyVersionCreatedBody(Arn.OfPolicy(name), policy.Versions[^1].Json, Id(policy.Versions[^1].Number), setAsDefault),
                RestJson.Default.PolicyVersionCreatedBody)
            : ResponseMapper.Error(error, Plane.Control);
    }

    public RestResponse ListVersions(string name) => jobs.GetPolicy(name).TryGet(out Policy? policy, out ServiceError? error)
        ? RestResponse.Ok(
            new PolicyVersionListBody(
                [.. policy.Versions.Reverse().Select(
                    version => new PolicyVersionSummaryBody(
                        Id(version.Number), version.Number == policy.DefaultVersion, ResponseMapper.Seconds(version.CreatedAt)))]),
            RestJson.Default.PolicyVersionListBody)
        : ResponseMapper.Error(error, Plane.Control);

    public RestResponse GetVersion(string name, string id)
    {
        if (!jobs.GetPolicy(name).TryGet(out Policy? policy, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        return policy.Versions.Find(version => Id(version.Number) == id) is { } found
            ? RestResponse.Ok(
                new PolicyVersionBody(
                    Arn.OfPolicy(name), name, found.Json, id, found.Number == policy.DefaultVersion,
                    ResponseMapper.Seconds(found.CreatedAt)),
                RestJson.Default.PolicyVersionBody)
            : RestResponse.NotFound($"Policy {name} has no version {id}");
    }

    public RestResponse SetDefaultVersion(string name, string id) =>
        TryReadId(id, out int number, out RestResponse rejection)
            ? ResponseMapper.EmptyOrError(jobs.SetDefaultPolicyVersion(name, number))
            : rejection;

    public RestResponse DeleteVersion(string name, string id) =>
        TryReadId(id, out int number, out RestResponse rejection)
            ? ResponseMapper.EmptyOrError(jobs.DeletePolicyVersion(name, number))
            : rejection;

    public RestResponse Attach(RestRequest request, string name) =>
        TryReadTarget(request, out PolicyTarget target, out RestResponse rejection)
            ? ResponseMapper.EmptyOrError(jobs.AttachPolicy(name, target))
            : rejection;

    public RestResponse Detach(RestRequest request, string name) =>
        TryReadTarget(request, out PolicyTarget target, out RestResponse rejection)
            ? ResponseMapper.EmptyOrError(jobs.DetachPolicy(name, target))
            : rejection;

    /// <summary>Groups have no parents here, so <c>recursive</c> makes no difference.</summary>
    public RestResponse ListAttached(RestRequest request, string arn)
    {
        if (!TryGetTarget(arn, out PolicyTarget target, out RestResponse rejection)
            || !request.TryQueryFlag("recursive", out _, out rejection)
            || !request.TryQueryMarkedPage(out int size, out string? marker, out rejection))
        {
            return rejection;
        }

        if (!jobs.ListAttachedPolicies(target).TryGet(out ImmutableSortedSet<string>? names, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        Page<string> page = Page.Of(names, static name => name, size, marker);
        return RestResponse.Ok(new PolicyListBody([.. page.Items.Select(Summary)], page.NextToken), RestJson.Default.PolicyListBody);
    }

    public RestResponse ListTargets(RestRequest request, string name)
    {
        if (!request.TryQueryMarkedPage(out int size, out string? marker, out RestResponse rejection))
        {
            return rejection;
        }

        if (!jobs.ListTargetsForPolicy(name).TryGet(out IReadOnlyList<PolicyTarget>? targets, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        IEnumerable<string> names = targets.Select(static target =>
            target.IsGroup ? Arn.OfTarget(JobTarget.Group(target.Name)) : Arn.OfCertificate(target.Name));
        Page<string> page = Page.Of(names.Order(StringComparer.Ordinal), static arn => arn, size, marker);
        return RestResponse.Ok(new PolicyTargetListBody(page.Items, page.NextToken), RestJson.Default.PolicyTargetListBody);
    }

    private static bool TryReadDocument(RestRequest request, out string json, out RestResponse rejection)
    {
        json = string.Empty;
        if (!request.TryReadBody(RestJson.Default.PolicyDocumentBody, out PolicyDocumentBody? body, out rejection))
        {
            return false;
        }

        if (body.PolicyDocument is { } given)
        {
            json = given;
            return true;
        }

        rejection = RestResponse.InvalidRequest("policyDocument is required");
        return false;
    }

    private static bool TryReadTarget(RestRequest request, out PolicyTarget target, out RestResponse rejection)
    {
        target = default;
        return request.TryReadBody(RestJson.Default.PolicyTargetBody, out PolicyTargetBody? body, out rejection)
            && TryGetTarget(body.Target ?? string.Empty, out target, out rejection);
    }

    private static bool TryGetTarget(string arn, out PolicyTarget target, out RestResponse rejection)
    {
        rejection = default;
        bool isCertificate = Arn.TryGetCertificate(arn, out string id);
        target = new PolicyTarget(false, id);
        if (isCertificate)
        {
            return true;
        }

        if (Arn.TryGetTarget(arn, out JobTarget group) && group.IsGroup)
        {
            target = new PolicyTarget(true, group.Name);
            return true;
        }

        rejection = RestResponse.InvalidRequest($"the target must be the ARN of a certificate or a thing group, not '{arn}'");
        return false;
    }

    private static bool TryReadId(string id, out int number, out RestResponse rejection)
    {
        rejection = RestResponse.InvalidRequest($"policyVersionId must be a number, not '{id}'");
        return int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static PolicySummaryBody Summary(string name) => new(name, Arn.OfPolicy(name));

    private static string Id(int number) => number.ToString(CultureInfo.InvariantCulture);
}
