namespace EdgeJobs.LocalCloud.Policies;

/// <summary>The result of evaluating policies for one action.</summary>
/// <param name="Reason">Why it is denied; empty if it is allowed.</param>
internal readonly record struct PolicyDecision(bool IsAllowed, string Reason)
{
    /// <summary>Evaluates policies as AWS does: an explicit Deny wins, and whatever no statement allows is denied.</summary>
    public static PolicyDecision Of(
        IReadOnlyList<(string Name, PolicyDocument Document)> policies, string action, string arn, IPolicyVariables variables)
    {
        bool allowed = false;
        foreach ((string name, PolicyDocument document) in policies)
        {
            foreach (PolicyStatement statement in document.Statements)
            {
                // Another Allow changes nothing.
                if ((allowed && statement.Allows) || !statement.AppliesTo(action, arn, variables))
                {
                    continue;
                }

                if (!statement.Allows)
                {
                    return new PolicyDecision(false, $"{statement.Name} of policy {name} denies it");
                }

                allowed = true;
            }
        }

        return allowed ? new PolicyDecision(true, string.Empty) : new PolicyDecision(false, DenialReason(policies, action, arn, variables));
    }

    private static string DenialReason(
        IReadOnlyList<(string Name, PolicyDocument Document)> policies, string action, string arn, IPolicyVariables variables)
    {
        if (policies.Count == 0)
        {
            return "no policy is attached to the certificate";
        }

        string reason = policies.Count == 1
            ? $"no statement of policy {policies[0].Name} allows it"
            : $"no statement of the policies {string.Join(", ", policies.Select(static policy => policy.Name))} allows it";
        foreach ((string name, PolicyDocument document) in policies)
        {
            foreach (PolicyStatement statement in document.Statements)
            {
                if (statement.Allows && statement.NearMiss(action, arn, variables) is { } hint)
                {
                    return policies.Count == 1 ? $"{reason} ({hint})" : $"{reason} ({hint}, in {name})";
                }
            }
        }

        return reason;
    }
}
