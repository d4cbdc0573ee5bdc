using System.Collections.Immutable;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>
/// The whole state as an immutable value, with the indexes for its queries. Only <see cref="Apply"/> creates a new value and keeps
/// derived data (pending lists, deadlines) consistent.
/// </summary>
internal sealed class ServiceState
{
    private readonly ImmutableDictionary<ExecutionKey, Execution> _executions;
    private readonly ImmutableDictionary<string, ImmutableSortedDictionary<long, ExecutionKey>> _byJob;
    private readonly ImmutableDictionary<string, ImmutableSortedDictionary<long, ExecutionKey>> _byThing;
    private readonly ImmutableDictionary<(string Thing, string Job), ImmutableSortedSet<long>> _numbers;
    private readonly ImmutableDictionary<string, ImmutableSortedSet<Execution>> _pending;
    private readonly ImmutableDictionary<string, int> _pendingOfJob;
    private readonly ImmutableSortedSet<(DateTimeOffset At, long Sequence, ExecutionKey Key)> _deadlines;

    private ServiceState()
    {
        Things = ImmutableSortedDictionary.Create<string, Thing>(StringComparer.Ordinal);
        Groups = ImmutableSortedDictionary.Create<string, ThingGroup>(StringComparer.Ordinal);
        Jobs = ImmutableDictionary<string, Job>.Empty;
        Certificates = ImmutableDictionary<string, DeviceCertificate>.Empty;
        Policies = ImmutableSortedDictionary.Create<string, Policy>(StringComparer.Ordinal);
        Templates = ImmutableSortedDictionary.Create<string, ProvisioningTemplate>(StringComparer.Ordinal);
        _executions = ImmutableDictionary<ExecutionKey, Execution>.Empty;
        _byJob = _byThing = ImmutableDictionary<string, ImmutableSortedDictionary<long, ExecutionKey>>.Empty;
        _numbers = ImmutableDictionary<(string, string), ImmutableSortedSet<long>>.Empty;
        _pending = ImmutableDictionary<string, ImmutableSortedSet<Execution>>.Empty;
        _pendingOfJob = ImmutableDictionary<string, int>.Empty;
        // Sequences are unique, so the key itself is never compared.
        _deadlines = ImmutableSortedSet<(DateTimeOffset At, long Sequence, ExecutionKey Key)>.Empty.WithComparer(
            Comparer<(DateTimeOffset At, long Sequence, ExecutionKey Key)>.Create(
                static (x, y) => x.At != y.At ? x.At.CompareTo(y.At) : x.Sequence.CompareTo(y.Sequence)));
    }

    private ServiceState(ServiceState from, Execution? before, Execution? after)
        : this(from)
    {
        Execution one = (after ?? before)!;
        ExecutionKey key = one.Key;
        NextSequence = Math.Max(from.NextSequence, one.Sequence + 1);
        _executions = after is null ? from._executions.Remove(key) : from._executions.SetItem(key, after);
        if (before is null || after is null)
        {
            _byJob = WithKey(_byJob, key.JobId, one, after is not null);
            _byThing = WithKey(_byThing, key.ThingName, one, after is not null);
            ImmutableSortedSet<long> numbers = _numbers.GetValueOrDefault((key.ThingName, key.JobId), []);
            numbers = after is null ? numbers.Remove(key.Number) : numbers.Add(key.Number);
            _numbers = numbers.IsEmpty
                ? _numbers.Remove((key.ThingName, key.JobId))
                : _numbers.SetItem((key.ThingName, key.JobId), numbers);
        }

        ImmutableSortedSet<Execution> pending = from.PendingOf(key.ThingName);
        int count = from.PendingCountOf(key.JobId);
        if (before is { IsPending: true })
        {
            pending = pending.Remove(before);
            count--;
            _deadlines = before.Deadline is { } old ? _deadlines.Remove((old, before.Sequence, key)) : _deadlines;
        }

        if (after is { IsPending: true })
        {
            pending = pending.Add(after);
            count++;
            _deadlines = after.Deadline is { } next ? _deadlines.Add((next, after.Sequence, key)) : _deadlines;
        }

        _pending = pending.IsEmpty ? from._pending.Remove(key.ThingName) : from._pending.SetItem(key.ThingName, pending);
        _pendingOfJob = count == 0 ? from._pendingOfJob.Remove(key.JobId) : from._pendingOfJob.SetItem(key.JobId, count);
    }

    private ServiceState(ServiceState from)
    {
        Things = from.Things;
        Groups = from.Groups;
        Jobs = from.Jobs;
        Certificates = from.Certificates;
        Policies = from.Policies;
        Templates = from.Templates;
        NextSequence = from.NextSequence;
        _executions = from._executions;
        _byJob = from._byJob;
        _byThing = from._byThing;
        _numbers = from._numbers;
        _pending = from._pending;
        _pendingOfJob = from._pendingOfJob;
        _deadlines = from._deadlines;
    }

    public static ServiceState Empty { get; } = new();
    public ImmutableSortedDictionary<string, Thing> Things { get; private init; }
    public ImmutableSortedDictionary<string, ThingGroup> Groups { get; private init; }
    public ImmutableDictionary<string, Job> Jobs { get; private init; }

    /// <summary>Includes deleted certificates.</summary>
    public ImmutableDictionary<string, DeviceCertificate> Certificates { get; private init; }

    public ImmutableSortedDictionary<string, Policy> Policies { get; private init; }
    public ImmutableSortedDictionary<string, ProvisioningTemplate> Templates { get; private init; }

    /// <summary>The sequence number of the next job or execution.</summary>
    public long NextSequence { get; private init; } = 1;

    public DateTimeOffset? NextDeadline => _deadlines.IsEmpty ? null : _deadlines.Min.At;

    /// <summary>The execution with the next deadline, if it is due.</summary>
    public Execution? FirstDue(DateTimeOffset now) =>
        !_deadlines.IsEmpty && _deadlines.Min.At <= now ? _executions[_deadlines.Min.Key] : null;

    public Execution? Find(ExecutionKey key) => _executions.GetValueOrDefault(key);

    /// <summary>The execution with the given number, or the latest, of a job on a thing; null if there is none.</summary>
    public Execution? Find(string thingName, string jobId, long? number) =>
        _numbers.TryGetValue((thingName, jobId), out ImmutableSortedSet<long>? numbers)
            ? Find(new ExecutionKey(thingName, jobId, number ?? numbers.Max))
            : null;

    /// <summary>The QUEUED and IN_PROGRESS executions of a thing, in the order in which the thing gets them.</summary>
    public ImmutableSortedSet<Execution> PendingOf(string thingName) =>
        _pending.TryGetValue(thingName, out ImmutableSortedSet<Execution>? pending)
            ? pending
            : ImmutableSortedSet.Create<Execution>(PendingExecutionComparer.Instance);

    public int PendingCountOf(string jobId) => _pendingOfJob.GetValueOrDefault(jobId);

    /// <summary>All executions of a job, oldest first.</summary>
    public IEnumerable<Execution> ExecutionsOfJob(string jobId) => Resolve(_byJob, jobId);

    /// <summary>All executions on a thing, oldest first.</summary>
    public IEnumerable<Execution> ExecutionsOfThing(string thingName) => Resolve(_byThing, thingName);

    /// <summary>A certificate that is not deleted, or null.</summary>
    public DeviceCertificate? FindCertificate(string id) =>
        Certificates.TryGetValue(id, out DeviceCertificate? found) && found.Status != CertificateStatus.Deleted ? found : null;

    public IEnumerable<DeviceCertificate> CertificatesOfThing(string thingName) =>
        Certificates.Values.Where(certificate => certificate.Things.Contains(thingName) && certificate.Status != CertificateStatus.Deleted);

    public IEnumerable<PolicyTarget> TargetsOfPolicy(string name) =>
        Certificates.Values.Where(certificate => certificate.Policies.Contains(name)).Select(
            static certificate => new PolicyTarget(false, certificate.Id))
            .Concat(Groups.Values.Where(group => group.Policies.Contains(name)).Select(static group => new PolicyTarget(true, group.Name)));

    public ServiceState Apply(StateChange change) => change switch
    {
        StateChange.ThingPut c => new(this) { Things = Things.SetItem(c.Thing.Name, c.Thing) },
        StateChange.ThingRemoved c => new(this) { Things = Things.Remove(c.Name) },
        StateChange.GroupPut c => new(this) { Groups = Groups.SetItem(c.Group.Name, c.Group) },
        StateChange.GroupRemoved c => new(this) { Groups = Groups.Remove(c.Name) },
        StateChange.CertificatePut c => new(this) { Certificates = Certificates.SetItem(c.Certificate.Id, c.Certificate) },
        StateChange.PolicyPut c => new(this) { Policies = Policies.SetItem(c.Policy.Name, c.Policy) },
        StateChange.PolicyRemoved c => new(this) { Policies = Policies.Remove(c.Name) },
        StateChange.TemplatePut c => new(this) { Templates = Templates.SetItem(c.Template.Name, c.Template) },
        StateChange.TemplateRemoved c => new(this) { Templates = Templates.Remove(c.Name) },
        StateChange.JobPut c =>
            new(this) { Jobs = Jobs.SetItem(c.Job.Id, c.Job), NextSequence = Math.Max(NextSequence, c.Job.Sequence + 1) },
        StateChange.JobRemoved c => new(this) { Jobs = Jobs.Remove(c.JobId) },
        StateChange.ExecutionPut c => new(this, Find(c.Execution.Key), c.Execution),
        StateChange.ExecutionRemoved c when Find(c.Key) is { } before => new(this, before, null),
        _ => this,
    };

    private static ImmutableDictionary<string, ImmutableSortedDictionary<long, ExecutionKey>> WithKey(
        ImmutableDictionary<string, ImmutableSortedDictionary<long, ExecutionKey>> index, string name, Execution execution, bool add)
    {
        ImmutableSortedDictionary<long, ExecutionKey> keys =
            index.GetValueOrDefault(name, ImmutableSortedDictionary<long, ExecutionKey>.Empty);
        keys = add ? keys.Add(execution.Sequence, execution.Key) : keys.Remove(execution.Sequence);
        return keys.IsEmpty ? index.Remove(name) : index.SetItem(name, keys);
    }

    private IEnumerable<Execution> Resolve(ImmutableDictionary<string, ImmutableSortedDictionary<long, ExecutionKey>> index, string name) =>
        index.TryGetValue(name, out ImmutableSortedDictionary<long, ExecutionKey>? keys)
            ? keys.Values.Select(key => _executions[key])
            : [];
}
