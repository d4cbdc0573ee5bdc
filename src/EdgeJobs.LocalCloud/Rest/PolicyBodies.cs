namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on policies: AWS's names, in camel case on the wire; times are seconds since 1970.

internal sealed record PolicyDocumentBody(string? PolicyDocument);

internal sealed record PolicyCreatedBody(string PolicyName, string PolicyArn, string PolicyDocument, string PolicyVersionId);

internal sealed record PolicyBody(
    string PolicyName, string PolicyArn, string PolicyDocument, string DefaultVersionId, double CreationDate, double LastModifiedDate);

internal sealed record PolicySummaryBody(string PolicyName, string PolicyArn);

internal sealed record PolicyListBody(IReadOnlyList<PolicySummaryBody> Policies, string? NextMarker);

internal sealed record PolicyVersionCreatedBody(string PolicyArn, string PolicyDocument, string PolicyVersionId, bool IsDefaultVersion);

internal sealed record PolicyVersionBody(
    string PolicyArn, string PolicyName, string PolicyDocument, string PolicyVersionId, bool IsDefaultVersion, double CreationDate);

internal sealed record PolicyVersionSummaryBody(string VersionId, bool IsDefaultVersion, double CreateDate);

internal sealed record PolicyVersionListBody(IReadOnlyList<PolicyVersionSummaryBody> PolicyVersions);

/// <summary>The body of AttachPolicy and DetachPolicy: an ARN.</summary>
internal sealed record PolicyTargetBody(string? Target);

/// <summary>The response of ListTargetsForPolicy: ARNs.</summary>
internal sealed record PolicyTargetListBody(IReadOnlyList<string> Targets, string? NextMarker);
