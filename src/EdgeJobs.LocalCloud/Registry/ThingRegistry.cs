using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Registry;

/// <summary>The operations on things and thing groups, as functions over a transaction.</summary>
internal static class ThingRegistry
{
    /// <summary>Registers a thing. Idempotent, but rejects other settings for an existing name.</summary>
    public static Result<Thing> CreateThing(Transaction transaction, string name, string id, string? typeName, ValueMap<string> attributes)
    {
        if (!Limits.IsName(name))
        {
            return InvalidName("thingName");
        }

        if (transaction.State.Things.TryGetValue(name, out Thing? known))
        {
            return known.TypeName == typeName && known.Attributes.Equals(attributes)
                ? known
                : new ServiceError(ServiceErrorKind.ResourceAlreadyExists, $"Thing {name} already exists with different settings");
        }

        Thing thing = new(name, id, typeName, attributes, transaction.Now);
        transaction.Apply(new StateChange.ThingPut(thing));
        return thing;
    }

    /// <summary>Deletes a thing; its unfinished executions become REMOVED. Idempotent, but rejects a thing with certificates.</summary>
    public static ServiceError? DeleteThing(Transaction transaction, string name)
    {
        if (!transaction.State.Things.ContainsKey(name))
        {
            return null;
        }

        if (transaction.State.CertificatesOfThing(name).Any())
        {
            return ServiceError.Invalid($"Thing {name} is still attached to certificates: detach them first (DetachThingPrincipal)");
        }

        foreach (ThingGroup group in transaction.State.Groups.Values.Where(group => group.Members.Contains(name)))
        {
            transaction.Apply(new StateChange.GroupPut(group with { Members = group.Members.Remove(name) }));
        }

        foreach (Execution execution in transaction.State.PendingOf(name))
        {
            transaction.End(execution, JobExecutionStatus.Removed);
        }

        transaction.Apply(new StateChange.ThingRemoved(name));
        return null;
    }

    /// <summary>Creates a group. Idempotent.</summary>
    public static Result<ThingGroup> CreateGroup(Transaction transaction, string name, string id)
    {
        if (!Limits.IsName(name))
        {
            return InvalidName("thingGroupName");
        }

        if (transaction.State.Groups.TryGetValue(name, out ThingGroup? known))
        {
            return known;
        }

        ThingGroup group = new(name, id, ImmutableSortedSet.Create<string>(StringComparer.Ordinal), transaction.Now);
        transaction.Apply(new StateChange.GroupPut(group));
        return group;
    }

    /// <summary>Deletes a group after removing its things from it. Idempotent.</summary>
    public static void DeleteGroup(Transaction transaction, string name)
    {
        if (transaction.State.Groups.TryGetValue(name, out ThingGroup? group))
        {
            foreach (string member in group.Members)
            {
                Leave(transaction, name, member);
            }

            transaction.Apply(new StateChange.GroupRemoved(name));
        }
    }

    /// <summary>Adds a thing to a group and queues the group's CONTINUOUS jobs on it.</summary>
    public static ServiceError? AddToGroup(Transaction transaction, string groupName, string thingName)
    {
        if (FindBoth(transaction, groupName, thingName, out ThingGroup group) is { } error)
        {
            return error;
        }

        if (group.Members.Contains(thingName))
        {
            return null;
        }

        transaction.Apply(new StateChange.GroupPut(group with { Members = group.Members.Add(thingName) }));
        foreach (Job job in ContinuousJobsOf(transaction, groupName))
        {
            if (transaction.State.Find(thingName, job.Id, null) is not { IsPending: true })
            {
                transaction.Queue(job, thingName);
            }
        }

        return null;
    }

    /// <summary>Removes a thing from a group; its unfinished executions of the group's CONTINUOUS jobs become REMOVED.</summary>
    public static ServiceError? RemoveFromGroup(Transaction transaction, string groupName, string thingName)
    {
        if (FindBoth(transaction, groupName, thingName, out ThingGroup group) is { } error)
        {
            return error;
        }

        if (group.Members.Contains(thingName))
        {
            Leave(transaction, groupName, thingName);
        }

        return null;
    }

    private static void Leave(Transaction transaction, string groupName, string thingName)
    {
        ThingGroup group = transaction.State.Groups[groupName];
        transaction.Apply(new StateChange.GroupPut(group with { Members = group.Members.Remove(thingName) }));
        foreach (Job job in ContinuousJobsOf(transaction, groupName))
        {
            if (!IsTargeted(transaction.State, job, thingName)
                && transaction.State.Find(thingName, job.Id, null) is { IsPending: true } execution)
            {
                transaction.End(execution, JobExecutionStatus.Removed);
            }
        }
    }

    private static List<Job> ContinuousJobsOf(Transaction transaction, string groupName) =>
    [
        .. transaction.State.Jobs.Values
            .Where(job => job is { TargetSelection: TargetSelection.Continuous, Status: JobStatus.InProgress } && job.Targets.Contains(
                JobTarget.Group(groupName)))
            .OrderBy(job => job.Sequence),
    ];

    private static bool IsTargeted(ServiceState state, Job job, string thingName) => job.Targets.Any(target => target.IsGroup
        ? state.Groups.TryGetValue(target.Name, out ThingGroup? group) && group.Members.Contains(thingName)
        : target.Name == thingName);

    private static ServiceError? FindBoth(Transaction transaction, string groupName, string thingName, out ThingGroup group)
    {
        group = null!;
        if (!transaction.State.Things.ContainsKey(thingName))
        {
            return NoThing(thingName);
        }

        return transaction.State.Groups.TryGetValue(groupName, out group!) ? null : NoGroup(groupName);
    }

    public static ServiceError NoThing(string name) => ServiceError.NotFound($"Thing {name} is not registered");

    public static ServiceError NoGroup(string name) => ServiceError.NotFound($"Thing group {name} does not exist");

    private static ServiceError InvalidName(string member) =>
        ServiceError.Invalid($"{member} must be 1 to {Limits.NameLength} characters of a-z, A-Z, 0-9, colon, underscore and hyphen");
}
