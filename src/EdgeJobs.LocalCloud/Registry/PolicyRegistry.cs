using System.Collections.Immutable;
using System.Text.RegularExpressions;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Registry;

/// <summary>The operations on policies, as functions over a transaction.</summary>
internal static partial class PolicyRegistry
{
    public static Result<Policy> Create(Transaction transaction, string name, string json)
    {
        if (!NamePattern().IsMatch(name))
        {
            return ServiceError.Invalid("policyName must be 1 to 128 characters of a-z, A-Z, 0-9 and _+=,.@-");
        }

        if (transaction.State.Policies.ContainsKey(name))
        {
            return new ServiceError(
                ServiceErrorKind.ResourceAlreadyExists, $"Policy {name} already exists: create a new version with CreatePolicyVersion");
        }

        if (!PolicyDocument.TryParse(json, out PolicyDocument document, out string fault))
        {
            return Malformed(fault);
        }

        Policy policy =
            new() { Name = name, Versions = [new PolicyVersion(1, json, document, transaction.Now)], DefaultVersion = 1, NextVersion = 2 };
        transaction.Apply(new StateChange.PolicyPut(policy));
        return policy;
    }

    public static Result<Policy> AddVersion(Transaction transaction, string name, string json, bool setAsDefault)
    {
        if (!Find(transaction, name).TryGet(out Policy? policy, out ServiceError? error))
        {
            return error;
        }

        if (!PolicyDocument.TryParse(json, out PolicyDocument document, out string fault))
        {
            return Malformed(fault);
        }

        if (policy.Versions.Count >= Policy.MaxVersions)
        {
            return new ServiceError(
                ServiceErrorKind.VersionsLimitExceeded,
                $"Policy {name} already has {Policy.MaxVersions} versions, the maximum: delete one with DeletePolicyVersion");
        }

        Policy changed = policy with
        {
            Versions = policy.Versions.Add(new PolicyVersion(policy.NextVersion, json, document, transaction.Now)),
            DefaultVersion = setAsDefault ? policy.NextVersion : policy.DefaultVersion,
            NextVersion = policy.NextVersion + 1,
        };
        transaction.Apply(new StateChange.PolicyPut(changed));
        return changed;
    }

    public static ServiceError? SetDefaultVersion(Transaction transaction, string name, int number)
    {
        if (FindVersion(transaction, name, number, out Policy policy) is { } error)
        {
            return error;
        }

        transaction.Apply(new StateChange.PolicyPut(policy with { DefaultVersion = number }));
        return null;
    }

    /// <summary>Deletes a version that is not the default.</summary>
    public static ServiceError? DeleteVersion(Transaction transaction, string name, int number)
    {
        if (FindVersion(transaction, name, number, out Policy policy) is { } error)
        {
            return error;
        }

        if (number == policy.DefaultVersion)
        {
            return new ServiceError(
                ServiceErrorKind.DeleteConflict, $"Version {number} of policy {name} is the default: set another default first");
        }

        transaction.Apply(
            new StateChange.PolicyPut(policy with { Versions = policy.Versions.RemoveAll(version => version.Number == number) }));
        return null;
    }

    /// <summary>Deletes a policy that is not attached and has no other versions.</summary>
    public static ServiceError? Delete(Transaction transaction, string name)
    {
        if (!Find(transaction, name).TryGet(out Policy? policy, out ServiceError? error))
        {
            return error;
        }

        if (transaction.State.TargetsOfPolicy(name).Any())
        {
            return new ServiceError(
                ServiceErrorKind.DeleteConflict,
                $"Policy {name} is still attached: detach it from its targets first (ListTargetsForPolicy names them)");
        }

        if (policy.Versions.Count > 1)
        {
            return new ServiceError(
                ServiceErrorKind.DeleteConflict, $"Policy {name} has other versions besides the default: delete them first");
        }

        transaction.Apply(new StateChange.PolicyRemoved(name));
        return null;
    }

    /// <summary>Attaches a policy to a certificate or a group, or detaches it. Idempotent.</summary>
    public static ServiceError? SetAttached(Transaction transaction, string name, PolicyTarget target, bool attach)
    {
        if (attach && Find(transaction, name).Error is { } unknown)
        {
            return unknown;
        }

        if (PoliciesOf(transaction.State, target) is not { } policies)
        {
            return ServiceError.NotFound($"There is no {target}");
        }

        ImmutableSortedSet<string> changed = attach ? policies.Add(name) : policies.Remove(name);
        if (changed.Count > PolicyTarget.MaxPolicies && attach)
        {
            return new ServiceError(
                ServiceErrorKind.LimitExceeded, $"{target} already has {PolicyTarget.MaxPolicies} policies, the maximum");
        }

        if (changed != policies)
        {
            transaction.Apply(target.IsGroup
                ? new StateChange.GroupPut(transaction.State.Groups[target.Name] with { Policies = changed })
                : new StateChange.CertificatePut(transaction.State.Certificates[target.Name] with { Policies = changed }));
        }

        return null;
    }

    /// <summary>The names of the policies attached to a target; null if the target does not exist.</summary>
    public static ImmutableSortedSet<string>? PoliciesOf(ServiceState state, PolicyTarget target) => target.IsGroup
        ? state.Groups.GetValueOrDefault(target.Name)?.Policies
        : state.FindCertificate(target.Name)?.Policies;

    private static Result<Policy> Find(Transaction transaction, string name) =>
        transaction.State.Policies.TryGetValue(name, out Policy? policy) ? policy : NoPolicy(name);

    private static ServiceError? FindVersion(Transaction transaction, string name, int number, out Policy policy)
    {
        policy = null!;
        if (!Find(transaction, name).TryGet(out Policy? found, out ServiceError? error))
        {
            return error;
        }

        policy = found;
        return found.Versions.Exists(version => version.Number == number)
            ? null
            : ServiceError.NotFound($"Policy {name} has no version {number}");
    }

    public static ServiceError NoPolicy(string name) => ServiceError.NotFound($"Policy {name} does not exist");

    private static ServiceError Malformed(string fault) =>
        new(ServiceErrorKind.MalformedPolicy, $"The policy document is invalid: {fault}");

    [GeneratedRegex(@"^[a-zA-Z0-9_+=,.@-]{1,128}\z")]
    private static partial Regex NamePattern();
}
