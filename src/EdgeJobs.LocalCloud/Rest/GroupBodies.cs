namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on thing groups. The names are AWS's, in camel case on the wire.

/// <summary>What CreateThingGroup answers.</summary>
internal sealed record GroupCreatedBody(string ThingGroupName, string ThingGroupArn, string ThingGroupId);

/// <summary>What DescribeThingGroup answers.</summary>
internal sealed record GroupBody(string ThingGroupName, string ThingGroupId, string ThingGroupArn, long Version, GroupMetadataBody ThingGroupMetadata);

/// <summary>When a group was made, in seconds since 1970.</summary>
internal sealed record GroupMetadataBody(double CreationDate);

/// <summary>A group in a list.</summary>
internal sealed record GroupSummaryBody(string GroupName, string GroupArn);

/// <summary>What ListThingGroups answers.</summary>
internal sealed record GroupListBody(IReadOnlyList<GroupSummaryBody> ThingGroups, string? NextToken);

/// <summary>What ListThingsInThingGroup answers.</summary>
internal sealed record GroupThingsBody(IReadOnlyList<string> Things, string? NextToken);

/// <summary>What AddThingToThingGroup and RemoveThingFromThingGroup take: names or resource names.</summary>
internal sealed record GroupMemberBody(string? ThingGroupName, string? ThingGroupArn, string? ThingName, string? ThingArn);
