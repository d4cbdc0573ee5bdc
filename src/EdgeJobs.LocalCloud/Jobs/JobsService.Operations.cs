using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Registry;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

// The operations on things, groups, jobs and executions, and the device API for HTTP.
internal sealed partial class JobsService
{
    /// <summary>The largest page of a list.</summary>
    public const int MaxResults = 250;

    /// <summary>Registers a thing. Idempotent, but rejects other settings for an existing name.</summary>
    public Result<Thing> CreateThing(string name, string? typeName = null, ValueMap<string>? attributes = null) =>
        Execute(transaction => ThingRegistry.CreateThing(transaction, name, NewId(), typeName, attributes ?? ValueMap<string>.Empty));

    public Result<Thing> DescribeThing(string name) =>
        State.Things.TryGetValue(name, out Thing? thing) ? thing : ThingRegistry.NoThing(name);

    public Page<Thing> ListThings(int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Things.Values, static thing => thing.Name, maxResults, nextToken);

    /// <summary>Deletes a thing; its unfinished executions become REMOVED. Idempotent, but rejects a thing with certificates.</summary>
    public ServiceError? DeleteThing(string name) => Execute(transaction => ThingRegistry.DeleteThing(transaction, name));

    public Result<ThingGroup> CreateThingGroup(string name) =>
        Execute(transaction => ThingRegistry.CreateGroup(transaction, name, NewId()));

    public Result<ThingGroup> DescribeThingGroup(string name) =>
        State.Groups.TryGetValue(name, out ThingGroup? group) ? group : ThingRegistry.NoGroup(name);

    /// <summary>The groups by name, filtered by a name prefix.</summary>
    public Page<ThingGroup> ListThingGroups(string prefix = "", int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Groups.Values.Where(
            group => group.Name.StartsWith(prefix, StringComparison.Ordinal)), static group => group.Name, maxResults, nextToken);

    /// <summary>Deletes a group after removing its things from it.</summary>
    public ServiceError? DeleteThingGroup(string name) => Execute(transaction =>
    {
        ThingRegistry.DeleteGroup(transaction, name);
        return null;
    });

    /// <summary>Adds a thing to a group and queues the group's CONTINUOUS jobs on it.</summary>
    public ServiceError? AddThingToThingGroup(string groupName, string thingName) =>
        Execute(transaction => ThingRegistry.AddToGroup(transaction, groupName, thingName));

    /// <summary>Removes a thing from a group; its unfinished executions of the group's CONTINUOUS jobs become REMOVED.</summary>
    public ServiceError? RemoveThingFromThingGroup(string groupName, string thingName) =>
        Execute(transaction => ThingRegistry.RemoveFromGroup(transaction, groupName, thingName));

    public Result<Job> CreateJob(CreateJobRequest request) => Execute(transaction => JobsControlPlane.Create(transaction, request));

    public Result<Job> DescribeJob(string jobId) => State.Jobs.TryGetValue(jobId, out Job? job) ? job : JobsControlPlane.NoJob(jobId);

    /// <summary>The number of a job's executions in each status; all 0 for an unknown job.</summary>
    public JobCounts CountExecutions(string jobId) => new(State.ExecutionsOfJob(jobId));

    /// <summary>The jobs, newest first.</summary>
    public Page<Job> ListJobs(
        JobStatus? status = null, TargetSelection? targetSelection = null, int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(
            State.Jobs.Values.Where(
                job => (status is null || job.Status == status) && (targetSelection is null || job.TargetSelection == targetSelection))
                .OrderByDescending(static job => job.Sequence),
            static job => Page.NewestFirst(job.Sequence),
            maxResults,
            nextToken);

    public Result<Job> CancelJob(string jobId, bool force = false, string? reasonCode = null, string? comment = null) =>
        Execute(transaction => JobsControlPlane.Cancel(transaction, jobId, force, reasonCode, comment));

    public ServiceError? DeleteJob(string jobId, bool force = false) =>
        Execute(transaction => JobsControlPlane.Delete(transaction, jobId, force));

    /// <summary>One execution, finished or not; without a number the latest.</summary>
    public Result<Execution> DescribeJobExecution(string thingName, string jobId, long? executionNumber = null) =>
        State.Find(thingName, jobId, executionNumber) is { } execution
            ? execution
            : JobsControlPlane.NoExecution(thingName, jobId, executionNumber);

    /// <summary>The executions of a job, oldest first.</summary>
    public Result<Page<Execution>> ListJobExecutionsForJob(
        string jobId, JobExecutionStatus? status = null, int maxResults = MaxResults, string? nextToken = null)
    {
        ServiceState state = State;
        return state.Jobs.ContainsKey(jobId)
            ? Page.Of(Filter(state.ExecutionsOfJob(jobId), status, null), OldestFirst, maxResults, nextToken)
            : JobsControlPlane.NoJob(jobId);
    }

    /// <summary>The executions on a thing, newest first.</summary>
    public Result<Page<Execution>> ListJobExecutionsForThing(
        string thingName, JobExecutionStatus? status = null, string? jobId = null, int maxResults = MaxResults, string? nextToken = null)
    {
        ServiceState state = State;
        return state.Things.ContainsKey(thingName)
            ? Page.Of(
                Filter(state.ExecutionsOfThing(thingName), status, jobId).Reverse(),
                static execution => Page.NewestFirst(execution.Sequence),
                maxResults,
                nextToken)
            : ThingRegistry.NoThing(thingName);
    }

    public Result<Execution> CancelJobExecution(
        string thingName, string jobId, bool force = false, long? expectedVersion = null, ValueMap<string>? statusDetails = null) =>
        Execute(transaction => JobsControlPlane.CancelExecution(transaction, thingName, jobId, force, expectedVersion, statusDetails));

    public ServiceError? DeleteJobExecution(string thingName, string jobId, long executionNumber, bool force = false) =>
        Execute(transaction => JobsControlPlane.DeleteExecution(transaction, new ExecutionKey(thingName, jobId, executionNumber), force));

    public Result<PendingExecutions> GetPending(string thingName) =>
        Execute(transaction => JobsDataPlane.GetPending(transaction, thingName));

    public Result<NextExecution> StartNext(StartNextCommand command) =>
        Execute(transaction => JobsDataPlane.StartNext(transaction, command));

    public Result<NextExecution> DescribeNext(string thingName) =>
        Execute(transaction => JobsDataPlane.DescribeNext(transaction, thingName));

    /// <summary>Returns one execution without changing it; rejects (TerminalState) one that has ended.</summary>
    public Result<ExecutionWithDocument> DescribePending(string thingName, string jobId, long? executionNumber = null) =>
        Execute(transaction => JobsDataPlane.Describe(transaction, thingName, jobId, executionNumber));

    public Result<ExecutionWithDocument> Update(UpdateCommand command) =>
        Execute(transaction => JobsDataPlane.Update(transaction, command));

    // Reading locks only to apply due time-outs: the state itself is immutable.
    private ServiceState State
    {
        get
        {
            lock (_gate)
            {
                if (_state.NextDeadline is { } deadline && deadline <= Now())
                {
                    _ = Run<object>(static transaction => transaction, static _ => { });
                }

                return _state;
            }
        }
    }

    private static string OldestFirst(Execution execution) =>
        execution.Sequence.ToString("D19", System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<Execution> Filter(IEnumerable<Execution> executions, JobExecutionStatus? status, string? jobId) =>
        executions.Where(execution => (status is null || execution.Status == status) && (jobId is null || execution.Key.JobId == jobId));
}
