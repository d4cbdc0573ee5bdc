using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

// The operations that people and programs have: things, groups, jobs, executions, and the device API in types for HTTP.
internal sealed partial class JobsService
{
    /// <summary>The largest part of a list.</summary>
    public const int MaxResults = 250;

    // ---- Things and groups

    /// <summary>Registers a thing. The same again gives the known one; other settings under the same name are refused.</summary>
    public Result<Thing> CreateThing(string name, string? typeName = null, ValueMap<string>? attributes = null) =>
        Do(transaction => ThingRegistry.CreateThing(transaction, name, NewId(), typeName, attributes ?? ValueMap<string>.Empty));

    /// <summary>One thing.</summary>
    public Result<Thing> DescribeThing(string name) =>
        State.Things.TryGetValue(name, out Thing? thing) ? thing : ServiceError.NotFound($"Thing {name} is not registered");

    /// <summary>The things by name.</summary>
    public Page<Thing> ListThings(int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Things.Values, static thing => thing.Name, maxResults, nextToken);

    /// <summary>Deletes a thing; its unfinished executions are REMOVED. Deleting what isn't there is no error, one with certificates is.</summary>
    public ServiceError? DeleteThing(string name) => Do(transaction => ThingRegistry.DeleteThing(transaction, name));

    /// <summary>Makes a group. The same again gives the known one.</summary>
    public Result<ThingGroup> CreateThingGroup(string name) => Do(transaction => ThingRegistry.CreateGroup(transaction, name, NewId()));

    /// <summary>One group.</summary>
    public Result<ThingGroup> DescribeThingGroup(string name) =>
        State.Groups.TryGetValue(name, out ThingGroup? group) ? group : ServiceError.NotFound($"Thing group {name} does not exist");

    /// <summary>The groups by name, those whose name begins with a prefix.</summary>
    public Page<ThingGroup> ListThingGroups(string prefix = "", int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(State.Groups.Values.Where(group => group.Name.StartsWith(prefix, StringComparison.Ordinal)), static group => group.Name, maxResults, nextToken);

    /// <summary>Deletes a group; its things leave it first.</summary>
    public ServiceError? DeleteThingGroup(string name) => Do(transaction =>
    {
        ThingRegistry.DeleteGroup(transaction, name);
        return null;
    });

    /// <summary>Adds a thing to a group; the group's CONTINUOUS jobs reach it at once.</summary>
    public ServiceError? AddThingToThingGroup(string groupName, string thingName) =>
        Do(transaction => ThingRegistry.AddToGroup(transaction, groupName, thingName));

    /// <summary>Takes a thing out of a group; its unfinished executions of the group's CONTINUOUS jobs are REMOVED.</summary>
    public ServiceError? RemoveThingFromThingGroup(string groupName, string thingName) =>
        Do(transaction => ThingRegistry.RemoveFromGroup(transaction, groupName, thingName));

    // ---- Jobs

    /// <summary>Makes a job and queues it on every target at once.</summary>
    public Result<Job> CreateJob(CreateJobRequest request) => Do(transaction => JobControl.Create(transaction, request));

    /// <summary>One job, with its document.</summary>
    public Result<Job> DescribeJob(string jobId) => State.Jobs.TryGetValue(jobId, out Job? job) ? job : JobControl.NoJob(jobId);

    /// <summary>How many executions of a job are in each status; all 0 for an unknown job.</summary>
    public JobCounts CountExecutions(string jobId) => new(State.ExecutionsOfJob(jobId));

    /// <summary>The jobs, the youngest first.</summary>
    public Page<Job> ListJobs(JobStatus? status = null, TargetSelection? targetSelection = null, int maxResults = MaxResults, string? nextToken = null) =>
        Page.Of(
            State.Jobs.Values.Where(job => (status is null || job.Status == status) && (targetSelection is null || job.TargetSelection == targetSelection))
                .OrderByDescending(static job => job.Sequence),
            static job => Page.YoungestFirst(job.Sequence),
            maxResults,
            nextToken);

    /// <summary>Cancels a job: its QUEUED executions, and with force also those IN_PROGRESS, are CANCELED.</summary>
    public Result<Job> CancelJob(string jobId, bool force = false, string? reasonCode = null, string? comment = null) =>
        Do(transaction => JobControl.Cancel(transaction, jobId, force, reasonCode, comment));

    /// <summary>Deletes a job with all its executions. One that is IN_PROGRESS needs force.</summary>
    public ServiceError? DeleteJob(string jobId, bool force = false) => Do(transaction => JobControl.Delete(transaction, jobId, force));

    // ---- Executions

    /// <summary>One execution, also one that has ended; without a number the latest.</summary>
    public Result<Execution> DescribeJobExecution(string thingName, string jobId, long? executionNumber = null) =>
        State.Find(thingName, jobId, executionNumber) is { } execution ? execution : JobControl.NoExecution(thingName, jobId, executionNumber);

    /// <summary>The executions of a job in the order they were made.</summary>
    public Result<Page<Execution>> ListJobExecutionsForJob(
        string jobId, JobExecutionStatus? status = null, int maxResults = MaxResults, string? nextToken = null)
    {
        ServiceState state = State;
        return state.Jobs.ContainsKey(jobId)
            ? Page.Of(Filter(state.ExecutionsOfJob(jobId), status, null), OldestFirst, maxResults, nextToken)
            : JobControl.NoJob(jobId);
    }

    /// <summary>The executions on a thing, the youngest first.</summary>
    public Result<Page<Execution>> ListJobExecutionsForThing(
        string thingName, JobExecutionStatus? status = null, string? jobId = null, int maxResults = MaxResults, string? nextToken = null)
    {
        ServiceState state = State;
        return state.Things.ContainsKey(thingName)
            ? Page.Of(
                Filter(state.ExecutionsOfThing(thingName), status, jobId).Reverse(),
                static execution => Page.YoungestFirst(execution.Sequence),
                maxResults,
                nextToken)
            : ServiceError.NotFound($"Thing {thingName} is not registered");
    }

    /// <summary>Cancels the latest execution of a job on a thing. One that is IN_PROGRESS needs force.</summary>
    public Result<Execution> CancelJobExecution(
        string thingName, string jobId, bool force = false, long? expectedVersion = null, ValueMap<string>? statusDetails = null) =>
        Do(transaction => JobControl.CancelExecution(transaction, thingName, jobId, force, expectedVersion, statusDetails));

    /// <summary>Deletes an execution. One that is IN_PROGRESS needs force.</summary>
    public ServiceError? DeleteJobExecution(string thingName, string jobId, long executionNumber, bool force = false) =>
        Do(transaction => JobControl.DeleteExecution(transaction, new ExecutionKey(thingName, jobId, executionNumber), force));

    // ---- What devices do, for a way other than MQTT

    /// <summary>Lists what is unfinished on a thing.</summary>
    public Result<PendingExecutions> GetPending(string thingName) => Do(transaction => DevicePlane.GetPending(transaction, thingName));

    /// <summary>Hands out the head of a thing's list; a QUEUED one becomes IN_PROGRESS.</summary>
    public Result<NextExecution> StartNext(StartNextCommand command) => Do(transaction => DevicePlane.StartNext(transaction, command));

    /// <summary>Hands out the head of a thing's list as it is.</summary>
    public Result<NextExecution> DescribeNext(string thingName) => Do(transaction => DevicePlane.DescribeNext(transaction, thingName));

    /// <summary>Hands out one execution as it is; refused (TerminalState) when it has ended.</summary>
    public Result<HandedExecution> DescribePending(string thingName, string jobId, long? executionNumber = null) =>
        Do(transaction => DevicePlane.Describe(transaction, thingName, jobId, executionNumber));

    /// <summary>Takes a thing's report.</summary>
    public Result<HandedExecution> Update(UpdateCommand command) => Do(transaction => DevicePlane.Update(transaction, command));

    // Reading needs no lock for longer than it takes to see what is due: the state itself never changes.
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

    private static string OldestFirst(Execution execution) => execution.Sequence.ToString("D19", System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<Execution> Filter(IEnumerable<Execution> executions, JobExecutionStatus? status, string? jobId) =>
        executions.Where(execution => (status is null || execution.Status == status) && (jobId is null || execution.Key.JobId == jobId));
}
