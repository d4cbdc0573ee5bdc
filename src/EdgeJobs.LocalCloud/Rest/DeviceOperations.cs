using System.Text;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The operations of the jobs data plane over HTTPS.</summary>
internal sealed class DeviceOperations(JobsService jobs, TimeProvider clock)
{
    private static readonly string[] UpdateMembers =
    [
        "executionNumber", "expectedVersion", "includeJobDocument", "includeJobExecutionState", "status", "statusDetails", "stepTimeoutInMinutes",
    ];

    public RestResponse GetPending(string thing) => jobs.GetPending(thing).Succeeded(out PendingExecutions? pending, out ServiceError? error)
        ? RestResponse.Ok(
            new PendingBody([.. pending.InProgress.Select(Answers.SummaryForDevice)], [.. pending.Queued.Select(Answers.SummaryForDevice)]),
            RestJson.Default.PendingBody)
        : Answers.Refuse(error, Plane.Device);

    public RestResponse StartNext(RestRequest request, string thing)
    {
        if (request.RefuseMembers("statusDetails", "stepTimeoutInMinutes") is { } refused)
        {
            return refused;
        }

        if (!StartNextPendingJobExecutionRequest.TryRead(BodyOf(request), out StartNextPendingJobExecutionRequest? body, out CodecError fault))
        {
            return BadBody(fault);
        }

        return jobs.StartNext(new StartNextCommand(thing, body.StatusDetails, body.StepTimeoutInMinutes)).Succeeded(out NextExecution? next, out ServiceError? error)
            ? Handed(next.Handed, withDocument: true)
            : Answers.Refuse(error, Plane.Device);
    }

    public RestResponse Describe(RestRequest request, string thing, string jobId)
    {
        if (!request.TryQueryFlag("includeJobDocument", otherwise: true, out bool withDocument, out RestResponse bad)
            || !request.TryQueryNumber("executionNumber", 1, long.MaxValue, out long? number, out bad))
        {
            return bad;
        }

        HandedExecution? handed;
        ServiceError? error;
        if (jobId == DeviceApi.Next)
        {
            _ = jobs.DescribeNext(thing).Succeeded(out NextExecution? next, out error);
            handed = next?.Handed;
        }
        else
        {
            _ = jobs.DescribePending(thing, jobId, number).Succeeded(out handed, out error);
        }

        return error is null ? Handed(handed, withDocument) : Answers.Refuse(error, Plane.Device);
    }

    public RestResponse Update(RestRequest request, string thing, string jobId)
    {
        if (request.RefuseMembers(UpdateMembers) is { } refused)
        {
            return refused;
        }

        ReadOnlyMemory<byte> json = BodyOf(request);
        if (!UpdateJobExecutionRequest.TryRead(json, out UpdateJobExecutionRequest? body, out CodecError fault))
        {
            return BadBody(fault);
        }

        // The generated enumeration has only the statuses that a device may set; the error for another status depends on the word itself.
        _ = CorrelationToken.TryRead(json.Span, "status"u8, out JsonText word);
        if (!JobExecutionStatusExtensions.TryParseJobExecutionStatus(Encoding.UTF8.GetBytes(word.ToString()), out JobExecutionStatus status))
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
        if (!jobs.Update(command).Succeeded(out HandedExecution? updated, out ServiceError? error))
        {
            return Answers.Refuse(error, Plane.Device);
        }

        DeviceUpdateAnswerBody answer = new(
            body.IncludeJobExecutionState == true ? Answers.State(updated.Execution) : null,
            body.IncludeJobDocument == true ? updated.Document.ToString() : null);
        return RestResponse.Ok(answer, RestJson.Default.DeviceUpdateAnswerBody);
    }

    private static ReadOnlyMemory<byte> BodyOf(RestRequest request) => request.Body.IsEmpty ? "{}"u8.ToArray() : request.Body;

    private static RestResponse BadBody(CodecError fault) => RestResponse.InvalidRequest($"the body is invalid: {fault}");

    private RestResponse Handed(HandedExecution? handed, bool withDocument)
    {
        DeviceExecutionBody? body = handed is null
            ? null
            : Answers.ForDevice(handed.Execution, withDocument ? handed.Document.ToString() : null, clock.GetUtcNow());
        return RestResponse.Ok(new DeviceExecutionAnswerBody(body), RestJson.Default.DeviceExecutionAnswerBody);
    }
}
