namespace EdgeJobs.LocalCloud.Policies;

/// <summary>One statement of a policy.</summary>
/// <param name="Number">Its position in the document, from 1.</param>
/// <param name="Sid">Its statement id, or null.</param>
/// <param name="Allows">True for Allow, false for Deny.</param>
/// <param name="Actions">Its actions, such as <c>iot:Publish</c> or <c>iot:*</c>.</param>
/// <param name="Resources">Its resources.</param>
/// <param name="Conditions">Its conditions, all of which must hold.</param>
internal sealed record PolicyStatement(
    int Number,
    string? Sid,
    bool Allows,
    IReadOnlyList<PolicyPattern> Actions,
    IReadOnlyList<PolicyResource> Resources,
    IReadOnlyList<PolicyCondition> Conditions)
{
    public string Name => Sid is null ? $"statement {Number}" : $"statement {Number} ({Sid})";

    public bool AppliesTo(string action, string arn, IPolicyVariables variables) =>
        MatchesAction(action, variables)
        && Resources.Any(resource => resource.Matches(arn, variables))
        && Conditions.All(condition => condition.Holds(variables, denies: !Allows));

    /// <summary>Why the statement does not apply although it nearly matches; or null.</summary>
    public string? NearMiss(string action, string arn, IPolicyVariables variables)
    {
        if (!MatchesAction(action, variables))
        {
            return null;
        }

        if (Resources.Any(resource => resource.Matches(arn, variables)))
        {
            PolicyCondition? broken = Conditions.FirstOrDefault(condition => !condition.Holds(variables, denies: !Allows));
            return broken is null ? null : $"{Name} matches, but its condition {broken} does not hold";
        }

        string? unknown = Resources.Select(resource => resource.Unresolved(variables)).FirstOrDefault(static name => name is not null);
        return unknown is null ? null : $"{Name} uses ${{{unknown}}}, which has no value for this connection{FixFor(unknown)}";
    }

    // AWS compares action names without regard to case.
    private bool MatchesAction(string action, IPolicyVariables variables) =>
        Actions.Any(pattern => pattern.Matches(action, variables, ignoreCase: true));

    private static string FixFor(string variable) => variable.StartsWith("iot:Connection.Thing.", StringComparison.Ordinal)
        ? ": the client id must be the name of a thing that the certificate is attached to"
        : string.Empty;
}
