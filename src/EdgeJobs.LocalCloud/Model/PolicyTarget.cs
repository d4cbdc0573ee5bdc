namespace EdgeJobs.LocalCloud.Model;

/// <summary>What a policy can be attached to.</summary>
/// <param name="IsGroup">True for a thing group, false for a certificate.</param>
/// <param name="Name">The group's name or the certificate's id.</param>
internal readonly record struct PolicyTarget(bool IsGroup, string Name)
{
    public const int MaxPolicies = 10;

    public override string ToString() => IsGroup ? $"thing group {Name}" : $"certificate {Name}";
}
