namespace EdgeJobs.LocalCloud.Policies;

/// <summary>What a set of policies says about one action.</summary>
/// <param name="IsAllowed">True when it is allowed.</param>
/// <param name="Why">Why not, in words; empty when it is.</param>
internal readonly record struct PolicyDecision(bool IsAllowed, string Why)
{
    /// <summary>Evaluates policies as AWS does: what one statement denies is denied, what no statement allows is denied too.</summary>
    /// <param name="policies">The policies with their names.</param>
    /// <param name="action">Such as <c>iot:Publish</c>.</param>
    /// <param name="arn">The resource.</param>
    /// <param name="variables">What is known about the connection.</param>
    public static PolicyDecision Of(IReadOnlyList<(string Name, PolicyDocument Document)> policies, string action, string arn, IPolicyVariables variables)
    {
        bool allowed = false;
        foreach ((string name, PolicyDocument document) in policies)
        {
            foreach (PolicyStatement statement in document.Statements)
            {
                // An Allow changes nothing once there was one.
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

        return allowed ? new PolicyDecision(true, string.Empty) : new PolicyDecision(false, WhyNot(policies, action, arn, variables));
    }

    private static string WhyNot(IReadOnlyList<(string Name, PolicyDocument Document)> policies, string action, string arn, IPolicyVariables variables)
    {
        if (policies.Count == 0)
        {
            return "no policy is attached to the certificate";
        }

        string why = policies.Count == 1
            ? $"no statement of policy {policies[0].Name} allows it"
            : $"no statement of the policies {string.Join(", ", policies.Select(static policy => policy.Name))} allows it";
        foreach ((string name, PolicyDocument document) in policies)
        {
            foreach (PolicyStatement statement in document.Statements)
            {
                if (statement.Allows && statement.NearMiss(action, arn, variables) is { } hint)
                {
                    return policies.Count == 1 ? $"{why} ({hint})" : $"{why} ({hint}, in {name})";
                }
            }
        }

        return why;
    }
}
