using System.Globalization;
using System.Text;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on job executions.</summary>
internal sealed class ExecutionOperations(JobsService jobs, TimeProvider clock)
{
    public RestResponse Describe(RestRequest request, string thing, string jobId)
    {
        if (!request.TryQueryNumber("executionNumber", 1, long.MaxValue, out long? number, out RestResponse rejection))
        {
            return rejection;
        }

        return jobs.DescribeJobExecution(thing, jobId, number).TryGet(out Execution? execution, out ServiceError? error)
            ? RestResponse.Ok(
                new DescribeExecutionBody(ResponseMapper.Execution(execution, clock.GetUtcNow())), RestJson.Default.DescribeExecutionBody)
            : ResponseMapper.Error(error, Plane.Control);
    }

    public RestResponse Cancel(RestRequest request, string thing, string jobId)
    {
        if (!request.TryQueryFlag("force", out bool force, out RestResponse rejection)
            || !request.TryReadBody(RestJson.Default.CancelExecutionBody, out CancelExecutionBody? body, out rejection))
        {
            return rejection;
        }

        ValueMap<string>? details = body.StatusDetails is { } given ? new ValueMap<string>([.. given]) : null;
        return jobs.CancelJobExecution(thing, jobId, force, body.ExpectedVersion, details).Error is { } error
            ? ResponseMapper.Error(error, Plane.Control)
            : RestResponse.Empty;
    }

    public RestResponse Delete(RestRequest request, string thing, string jobId, string numberText)
    {
        if (!request.TryQueryFlag("force", out bool force, out RestResponse rejection))
        {
            return rejection;
        }

        if (!long.TryParse(numberText, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return RestResponse.InvalidRequest($"executionNumber '{numberText}' must be a whole number");
        }

        return jobs.DeleteJobExecution(thing, jobId, number, force) is { } error
            ? ResponseMapper.Error(error, Plane.Control)
            : RestResponse.Empty;
    }

    public RestResponse ListForJob(RestRequest request, string jobId)
    {
        if (!TryQueryList(request, out JobExecutionStatus? status, out int maxResults, out string? token, out RestResponse rejection))
        {
            return rejection;
        }

        if (!jobs.ListJobExecutionsForJob(jobId, status, maxResults, token).TryGet(out Page<Execution>? page, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        JobExecutionEntryBody[] entries =
            [.. page.Items.Select(
                execution => new JobExecutionEntryBody(Arn.OfThing(execution.Key.ThingName), ResponseMapper.Summary(execution)))];
        return RestResponse.Ok(new JobExecutionListBody(entries, page.NextToken), RestJson.Default.JobExecutionListBody);
    }

    public RestResponse ListForThing(RestRequest request, string thing)
    {
        if (!TryQueryList(request, out JobExecutionStatus? status, out int maxResults, out string? token, out RestResponse rejection))
        {
            return rejection;
        }

        string? jobId = request.Query("jobId");
        if (jobId is not null && !Limits.IsJobId(jobId))
        {
            return RestResponse.InvalidRequest(
                $"jobId '{jobId}' must be 1 to {Limits.JobIdLength} characters of a-z, A-Z, 0-9, underscore and hyphen");
        }

        if (!jobs.ListJobExecutionsForThing(thing, status, jobId, maxResults, token).TryGet(
            out Page<Execution>? page, out ServiceError? error))
        {
            return ResponseMapper.Error(error, Plane.Control);
        }

        ThingExecutionEntryBody[] entries =
            [.. page.Items.Select(execution => new ThingExecutionEntryBody(execution.Key.JobId, ResponseMapper.Summary(execution)))];
        return RestResponse.Ok(new ThingExecutionListBody(entries, page.NextToken), RestJson.Default.ThingExecutionListBody);
    }

    private static bool TryQueryList(
        RestRequest request, out JobExecutionStatus? status, out int maxResults, out string? token, out RestResponse rejection)
    {
        status = null;
        if (!request.TryQueryPage(out maxResults, out token, out rejection))
        {
            return false;
        }

        if (request.Query("status") is not { } name)
        {
            return true;
        }

        if (!JobExecutionStatusExtensions.TryParseJobExecutionStatus(Encoding.UTF8.GetBytes(name), out JobExecutionStatus parsed))
        {
            rejection = RestResponse.InvalidRequest($"status '{name}' is not a job execution status");
            return false;
        }

        status = parsed;
        return true;
    }
}
