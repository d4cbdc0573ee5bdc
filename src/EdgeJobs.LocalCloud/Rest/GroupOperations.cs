using EdgeJobs.LocalCloud.Jobs;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on thing groups.</summary>
internal sealed class GroupOperations(JobsService jobs)
{
    /// <summary>CreateThingGroup.</summary>
    public RestResponse Create(string name) => jobs.CreateThingGroup(name).Succeeded(out ThingGroup? group, out ServiceError? error)
        ? RestResponse.Ok(new GroupCreatedBody(group.Name, ArnOf(group.Name), group.Id), RestJson.Default.GroupCreatedBody)
        : Answers.Refuse(error, Plane.Control, name, ArnOf(name));

    /// <summary>DescribeThingGroup.</summary>
    public RestResponse Describe(string name) => jobs.DescribeThingGroup(name).Succeeded(out ThingGroup? group, out ServiceError? error)
        ? RestResponse.Ok(
            new GroupBody(group.Name, group.Id, ArnOf(group.Name), 1, new GroupMetadataBody(group.CreatedAt.ToUnixTimeMilliseconds() / 1000.0)),
            RestJson.Default.GroupBody)
        : Answers.Refuse(error, Plane.Control);

    /// <summary>DeleteThingGroup.</summary>
    public RestResponse Delete(string name) => Done(jobs.DeleteThingGroup(name));

    /// <summary>ListThingGroups.</summary>
    public RestResponse List(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse bad))
        {
            return bad;
        }

        Page<ThingGroup> page = jobs.ListThingGroups(maxResults, token);
        GroupSummaryBody[] groups = [.. page.Items.Select(group => new GroupSummaryBody(group.Name, ArnOf(group.Name)))];
        return RestResponse.Ok(new GroupListBody(groups, page.NextToken), RestJson.Default.GroupListBody);
    }

    /// <summary>ListThingsInThingGroup.</summary>
    public RestResponse ListThings(string name) => jobs.DescribeThingGroup(name).Succeeded(out ThingGroup? group, out ServiceError? error)
        ? RestResponse.Ok(new GroupThingsBody([.. group.Members]), RestJson.Default.GroupThingsBody)
        : Answers.Refuse(error, Plane.Control);

    /// <summary>AddThingToThingGroup.</summary>
    public RestResponse Add(RestRequest request) =>
        TryReadMember(request, out string group, out string thing, out RestResponse bad) ? Done(jobs.AddThingToThingGroup(group, thing)) : bad;

    /// <summary>RemoveThingFromThingGroup.</summary>
    public RestResponse Remove(RestRequest request) =>
        TryReadMember(request, out string group, out string thing, out RestResponse bad) ? Done(jobs.RemoveThingFromThingGroup(group, thing)) : bad;

    private static bool TryReadMember(RestRequest request, out string group, out string thing, out RestResponse bad)
    {
        group = thing = string.Empty;
        if (!request.TryReadBody(RestJson.Default.GroupMemberBody, out GroupMemberBody? body, out bad))
        {
            return false;
        }

        group = NameOf(body.ThingGroupName, body.ThingGroupArn, isGroup: true);
        thing = NameOf(body.ThingName, body.ThingArn, isGroup: false);
        if (group.Length > 0 && thing.Length > 0)
        {
            return true;
        }

        bad = RestResponse.InvalidRequest("a thing (thingName or thingArn) and a group (thingGroupName or thingGroupArn) are required");
        return false;
    }

    private static string NameOf(string? name, string? arn, bool isGroup) =>
        name ?? (arn is not null && Arn.TryGetTarget(arn, out JobTarget target) && target.IsGroup == isGroup ? target.Name : string.Empty);

    private static string ArnOf(string name) => Arn.OfTarget(JobTarget.Group(name));

    private static RestResponse Done(ServiceError? error) => error is null ? RestResponse.Empty : Answers.Refuse(error, Plane.Control);
}
