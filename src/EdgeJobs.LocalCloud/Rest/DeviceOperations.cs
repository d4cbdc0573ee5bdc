using System.Text;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The operations of the jobs data plane over HTTPS.</summary>
internal sealed class DeviceOperations(JobsService jobs, TimeProvider clock)
{
    private static readonly string[] UpdateMembers =
    [
        "executionNumber", "expectedVersion", "includeJobDocument", "includeJobExecutionState", "status", "statusDetails",
        "stepTimeoutInMinutes",
    ];

    public RestResponse GetPending(string thing) => jobs.GetPending(thing).TryGet(out PendingExecutions? pending, out ServiceError? error)
        ? RestResponse.Ok(
            new PendingBody([.. pending.InProgress.Select(ResponseMapper.SummaryForDevice)],
                [.. pending.Queued.Select(ResponseMapper.SummaryForDevice)]),
            RestJson.Default.PendingBody)
        : ResponseMapper.Error(error, Plane.Data);

    public RestResponse StartNext(RestRequest request, string thing)
    {
        if (request.RejectUnknownMembers("statusDetails", "stepTimeoutInMinutes") is { } rejected)
        {
            return rejected;
        }

        if (!StartNextPendingJobExecutionRequest.TryRead(
            BodyOf(request), out StartNextPendingJobExecutionRequest? body, out CodecError fault))
        {
            return InvalidBody(fault);
        }

        return jobs.StartNext(new StartNextCommand(
            thing, body.StatusDetails, body.StepTimeoutInMinutes)).TryGet(out NextExecution? next, out ServiceError? error)
            ? Response(next.First, withDocument: true)
            : ResponseMapper.Error(error, Plane.Data);
    }

    public RestResponse Describe(RestRequest request, string thing, string jobId)
    {
        if (!request.TryQueryFlag("includeJobDocument", defaultValue: true, out bool withDocument, out RestResponse rejection)
            || !request.TryQueryNumber("executionNumber", 1, long.MaxValue, out long? number, out rejection))
        {
            return rejection;
        }

        ExecutionWithDocument? found;
        ServiceError? error;
        if (jobId == DeviceApi.Next)
        {
            _ = jobs.DescribeNext(thing).TryGet(out NextExecution? next, out error);
            found = next?.First;
        }
        else
        {
            _ = jobs.DescribePending(thing, jobId, number).TryGet(out found, out error);
        }

        return error is null ? Response(found, withDocument) : ResponseMapper.Error(error, Plane.Data);
    }

    public RestResponse Update(RestRequest request, string thing, string jobId)
    {
        if (request.RejectUnknownMembers(UpdateMembers) is { } rejected)
        {
            return rejected;
        }

        ReadOnlyMemory<byte> json = BodyOf(request);
        if (!UpdateJobExecutionRequest.TryRead(json, out UpdateJobExecutionRequest? body, out CodecError fault))
        {
            return InvalidBody(fault);
        }

        // The generated enumeration has only the statuses that a device may set; the error for another status depends on the word itself.
        _ = CorrelationToken.TryRead(json.Span, "status"u8, out JsonText word);
        if (!JobExecutionStatusExtensions.TryParseJobExecutionStatus(
            Encoding.UTF8.GetBytes(word.ToString()), out JobExecutionStatus status))
        {
            return RestResponse.InvalidRequest($"status '{word.ToString()}' is not a job execution status");
        }

        UpdateCommand command = new()
        {
            ThingName = thing,
            JobId = jobId,
            Status = status,
            StatusDetails = body.StatusDetails,
            ExpectedVersion = body.ExpectedVersion,
            ExecutionNumber = body.ExecutionNumber,
            StepTimeoutInMinutes = body.StepTimeoutInMinutes,
        };
        if (!jobs.Update(command).TryGet(out ExecutionWithDocument? updated, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Data);
        }

        DeviceUpdateResponseBody response = new(
            body.IncludeJobExecutionState == true ? ResponseMapper.State(updated.Execution) : null,
            body.IncludeJobDocument == true ? updated.Document.ToString() : null);
        return RestResponse.Ok(response, RestJson.Default.DeviceUpdateResponseBody);
    }

    private static ReadOnlyMemory<byte> BodyOf(RestRequest request) => request.Body.IsEmpty ? "{}"u8.ToArray() : request.Body;

    private static RestResponse InvalidBody(CodecError fault) => RestResponse.InvalidRequest($"the body is invalid: {fault}");

    private RestResponse Response(ExecutionWithDocument? found, bool withDocument)
    {
        DeviceExecutionBody? body = found is null
            ? null
            : ResponseMapper.ForDevice(found.Execution, withDocument ? found.Document.ToString() : null, clock.GetUtcNow());
        return RestResponse.Ok(new DeviceExecutionResponseBody(body), RestJson.Default.DeviceExecutionResponseBody);
    }
}
