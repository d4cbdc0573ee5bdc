namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on policies. The names are AWS's, in camel case on the wire; times are seconds since 1970.

/// <summary>What CreatePolicy and CreatePolicyVersion take.</summary>
internal sealed record PolicyDocumentBody(string? PolicyDocument);

/// <summary>What CreatePolicy answers.</summary>
internal sealed record PolicyCreatedBody(string PolicyName, string PolicyArn, string PolicyDocument, string PolicyVersionId);

/// <summary>What GetPolicy answers.</summary>
internal sealed record PolicyBody(string PolicyName, string PolicyArn, string PolicyDocument, string DefaultVersionId, double CreationDate, double LastModifiedDate);

/// <summary>A policy in a list.</summary>
internal sealed record PolicySummaryBody(string PolicyName, string PolicyArn);

/// <summary>What ListPolicies and ListAttachedPolicies answer.</summary>
internal sealed record PolicyListBody(IReadOnlyList<PolicySummaryBody> Policies, string? NextMarker);

/// <summary>What CreatePolicyVersion answers.</summary>
internal sealed record PolicyVersionCreatedBody(string PolicyArn, string PolicyDocument, string PolicyVersionId, bool IsDefaultVersion);

/// <summary>What GetPolicyVersion answers.</summary>
internal sealed record PolicyVersionBody(
    string PolicyArn, string PolicyName, string PolicyDocument, string PolicyVersionId, bool IsDefaultVersion, double CreationDate);

/// <summary>A version in a list.</summary>
internal sealed record PolicyVersionSummaryBody(string VersionId, bool IsDefaultVersion, double CreateDate);

/// <summary>What ListPolicyVersions answers.</summary>
internal sealed record PolicyVersionListBody(IReadOnlyList<PolicyVersionSummaryBody> PolicyVersions);

/// <summary>What AttachPolicy and DetachPolicy take: a resource name.</summary>
internal sealed record PolicyTargetBody(string? Target);

/// <summary>What ListTargetsForPolicy answers: resource names.</summary>
internal sealed record PolicyTargetListBody(IReadOnlyList<string> Targets, string? NextMarker);
