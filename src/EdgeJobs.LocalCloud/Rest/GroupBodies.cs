namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on thing groups: AWS's names, in camel case on the wire; times are seconds since 1970.

internal sealed record GroupCreatedBody(string ThingGroupName, string ThingGroupArn, string ThingGroupId);

internal sealed record GroupBody(
    string ThingGroupName, string ThingGroupId, string ThingGroupArn, long Version, GroupMetadataBody ThingGroupMetadata);

internal sealed record GroupMetadataBody(double CreationDate);

internal sealed record GroupSummaryBody(string GroupName, string GroupArn);

internal sealed record GroupListBody(IReadOnlyList<GroupSummaryBody> ThingGroups, string? NextToken);

internal sealed record GroupThingsBody(IReadOnlyList<string> Things, string? NextToken);

/// <summary>The body of AddThingToThingGroup and RemoveThingFromThingGroup: names or ARNs.</summary>
internal sealed record GroupMemberBody(string? ThingGroupName, string? ThingGroupArn, string? ThingName, string? ThingArn);
