using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on thing groups.</summary>
internal sealed class GroupOperations(JobsService jobs)
{
    public RestResponse Create(string name) => jobs.CreateThingGroup(name).TryGet(out ThingGroup? group, out ServiceError? error)
        ? RestResponse.Ok(new GroupCreatedBody(group.Name, ArnOf(group.Name), group.Id), RestJson.Default.GroupCreatedBody)
        : ResponseMapper.Error(error, Plane.Control, name, ArnOf(name));

    public RestResponse Describe(string name) => jobs.DescribeThingGroup(name).TryGet(out ThingGroup? group, out ServiceError? error)
        ? RestResponse.Ok(
            new GroupBody(group.Name, group.Id, ArnOf(group.Name), ThingOperations.Version, new GroupMetadataBody(
                group.CreatedAt.ToUnixTimeMilliseconds() / 1000.0)),
            RestJson.Default.GroupBody)
        : ResponseMapper.Error(error, Plane.Control);

    public RestResponse Delete(RestRequest request, string name) =>
        ThingOperations.CheckVersion(request, jobs.DescribeThingGroup(name).Error is null, $"Thing group {name}")
            ?? ResponseMapper.EmptyOrError(jobs.DeleteThingGroup(name));

    /// <summary>Groups have no parents here, so <c>recursive</c> makes no difference.</summary>
    public RestResponse List(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse rejection)
            || !request.TryQueryFlag("recursive", out _, out rejection))
        {
            return rejection;
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
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse rejection)
            || !request.TryQueryFlag("recursive", out _, out rejection))
        {
            return rejection;
        }

        if (!jobs.DescribeThingGroup(name).TryGet(out ThingGroup? group, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        Page<string> page = Page.Of(group.Members, static member => member, maxResults, token);
        return RestResponse.Ok(new GroupThingsBody(page.Items, page.NextToken), RestJson.Default.GroupThingsBody);
    }

    public RestResponse Add(RestRequest request) =>
        TryReadMember(request, out string group, out string thing, out RestResponse rejection)
            ? ResponseMapper.EmptyOrError(jobs.AddThingToThingGroup(group, thing))
            : rejection;

    public RestResponse Remove(RestRequest request) =>
        TryReadMember(request, out string group, out string thing, out RestResponse rejection)
            ? ResponseMapper.EmptyOrError(jobs.RemoveThingFromThingGroup(group, thing))
            : rejection;

    private static bool TryReadMember(RestRequest request, out string group, out string thing, out RestResponse rejection)
    {
        group = thing = string.Empty;
        if (!request.TryReadBody(RestJson.Default.GroupMemberBody, out GroupMemberBody? body, out rejection))
        {
            return false;
        }

        return TryGetName(body.ThingGroupName, body.ThingGroupArn, isGroup: true, out group, out rejection)
            && TryGetName(body.ThingName, body.ThingArn, isGroup: false, out thing, out rejection);
    }

    private static bool TryGetName(string? name, string? arn, bool isGroup, out string found, out RestResponse rejection)
    {
        string nameMember = isGroup ? "thingGroupName" : "thingName", arnMember = isGroup ? "thingGroupArn" : "thingArn";
        found = name ?? string.Empty;
        rejection = default;
        if (arn is null)
        {
            rejection = name is null ? RestResponse.InvalidRequest($"{nameMember} or {arnMember} is required") : default;
            return name is not null;
        }

        if (!Arn.TryGetTarget(arn, out JobTarget target) || target.IsGroup != isGroup)
        {
            rejection = RestResponse.InvalidRequest($"{arnMember} '{arn}' is not the ARN of a {(isGroup ? "thing group" : "thing")}");
            return false;
        }

        found = target.Name;
        if (name is null || name == found)
        {
            return true;
        }

        rejection = RestResponse.InvalidRequest($"{nameMember} '{name}' and {arnMember} '{arn}' do not match");
        return false;
    }

    private static string ArnOf(string name) => Arn.OfTarget(JobTarget.Group(name));
}
