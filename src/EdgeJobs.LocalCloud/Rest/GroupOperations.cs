using EdgeJobs.LocalCloud.Jobs;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on thing groups.</summary>
internal sealed class GroupOperations(JobsService jobs)
{
    public RestResponse Create(string name) => jobs.CreateThingGroup(name).Succeeded(out ThingGroup? group, out ServiceError? error)
        ? RestResponse.Ok(new GroupCreatedBody(group.Name, ArnOf(group.Name), group.Id), RestJson.Default.GroupCreatedBody)
        : Answers.Refuse(error, Plane.Control, name, ArnOf(name));

    public RestResponse Describe(string name) => jobs.DescribeThingGroup(name).Succeeded(out ThingGroup? group, out ServiceError? error)
        ? RestResponse.Ok(
            new GroupBody(group.Name, group.Id, ArnOf(group.Name), ThingOperations.Version, new GroupMetadataBody(group.CreatedAt.ToUnixTimeMilliseconds() / 1000.0)),
            RestJson.Default.GroupBody)
        : Answers.Refuse(error, Plane.Control);

    public RestResponse Delete(RestRequest request, string name) =>
        ThingOperations.RefuseVersion(request, jobs.DescribeThingGroup(name).Error is null, $"Thing group {name}") ?? Done(jobs.DeleteThingGroup(name));

    /// <summary>Groups have no parents here, so <c>recursive</c> makes no difference.</summary>
    public RestResponse List(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse bad) || !request.TryQueryFlag("recursive", out _, out bad))
        {
            return bad;
        }

        string prefix = request.Query("namePrefixFilter") ?? string.Empty;
        if (request.Query("namePrefixFilter") is not null && !Limits.IsName(prefix))
        {
            return RestResponse.InvalidRequest(
                $"namePrefixFilter '{prefix}' must be 1 to {Limits.NameLength} characters of a-z, A-Z, 0-9, colon, underscore and hyphen");
        }

        Page<ThingGroup> page = jobs.ListThingGroups(prefix, maxResults, token);
        GroupSummaryBody[] groups = [.. page.Items.Select(group => new GroupSummaryBody(group.Name, ArnOf(group.Name)))];
        return RestResponse.Ok(new GroupListBody(groups, page.NextToken), RestJson.Default.GroupListBody);
    }

    /// <summary>Groups have no parents here, so <c>recursive</c> makes no difference.</summary>
    public RestResponse ListThings(RestRequest request, string name)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse bad) || !request.TryQueryFlag("recursive", out _, out bad))
        {
            return bad;
        }

        if (!jobs.DescribeThingGroup(name).Succeeded(out ThingGroup? group, out ServiceError? error))
        {
            return Answers.Refuse(error, Plane.Control);
        }

        Page<string> page = Page.Of(group.Members, static member => member, maxResults, token);
        return RestResponse.Ok(new GroupThingsBody(page.Items, page.NextToken), RestJson.Default.GroupThingsBody);
    }

    public RestResponse Add(RestRequest request) =>
        TryReadMember(request, out string group, out string thing, out RestResponse bad) ? Done(jobs.AddThingToThingGroup(group, thing)) : bad;

    public RestResponse Remove(RestRequest request) =>
        TryReadMember(request, out string group, out string thing, out RestResponse bad) ? Done(jobs.RemoveThingFromThingGroup(group, thing)) : bad;

    private static bool TryReadMember(RestRequest request, out string group, out string thing, out RestResponse bad)
    {
        group = thing = string.Empty;
        if (!request.TryReadBody(RestJson.Default.GroupMemberBody, out GroupMemberBody? body, out bad))
        {
            return false;
        }

        return TryGetName(body.ThingGroupName, body.ThingGroupArn, isGroup: true, out group, out bad)
            && TryGetName(body.ThingName, body.ThingArn, isGroup: false, out thing, out bad);
    }

    private static bool TryGetName(string? name, string? arn, bool isGroup, out string found, out RestResponse bad)
    {
        string nameMember = isGroup ? "thingGroupName" : "thingName", arnMember = isGroup ? "thingGroupArn" : "thingArn";
        found = name ?? string.Empty;
        bad = default;
        if (arn is null)
        {
            bad = name is null ? RestResponse.InvalidRequest($"{nameMember} or {arnMember} is required") : default;
            return name is not null;
        }

        if (!Arn.TryGetTarget(arn, out JobTarget target) || target.IsGroup != isGroup)
        {
            bad = RestResponse.InvalidRequest($"{arnMember} '{arn}' is not the ARN of a {(isGroup ? "thing group" : "thing")}");
            return false;
        }

        found = target.Name;
        if (name is null || name == found)
        {
            return true;
        }

        bad = RestResponse.InvalidRequest($"{nameMember} '{name}' and {arnMember} '{arn}' do not match");
        return false;
    }

    private static string ArnOf(string name) => Arn.OfTarget(JobTarget.Group(name));

    private static RestResponse Done(ServiceError? error) => error is null ? RestResponse.Empty : Answers.Refuse(error, Plane.Control);
}
