using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.JobTemplates;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on jobs.</summary>
internal sealed class JobOperations(JobsService jobs)
{
    private const int MaxShownArn = 120;
    private static readonly Dictionary<string, string> NoParameters = [];

    public RestResponse Create(RestRequest request, string jobId)
    {
        if (!request.TryReadBody(RestJson.Default.CreateJobBody, out CreateJobBody? body, out RestResponse rejection))
        {
            return rejection;
        }

        if (DocumentOf(body, out string? fault) is not { } document)
        {
            return RestResponse.InvalidRequest(fault!);
        }

        List<JobTarget> targets = [];
        foreach (string arn in body.Targets ?? [])
        {
            if (!Arn.TryGetTarget(arn, out JobTarget target))
            {
                return RestResponse.InvalidRequest(
                    $"target '{arn}' is not the ARN of a thing or thing group, such as {Arn.OfThing("pump-7")}");
            }

            targets.Add(target);
        }

        TargetSelection selection = TargetSelection.Snapshot;
        if (body.TargetSelection is not null && !JobStatusNames.TryParse(body.TargetSelection, out selection))
        {
            return RestResponse.InvalidRequest($"targetSelection '{body.TargetSelection}' must be SNAPSHOT or CONTINUOUS");
        }

        CreateJobRequest create = new()
        {
            JobId = jobId,
            Targets = targets,
            Document = document,
            Description = body.Description,
            TargetSelection = selection,
            TimeoutInMinutes = body.TimeoutConfig?.InProgressTimeoutInMinutes,
            UrlSeconds = body.PresignedUrlConfig is { } config ? config.ExpiresInSec ?? PresignedUrls.DefaultSeconds : null,
        };
        return jobs.CreateJob(create).TryGet(out Job? job, out ServiceError? error)
            ? Named(job)
            : ResponseMapper.Error(error, Plane.Control, jobId, Arn.OfJob(jobId));
    }

    /// <summary>The document of a job, or of its managed template; null with a fault.</summary>
    private static RawJson? DocumentOf(CreateJobBody body, out string? fault)
    {
        fault = (body.Document, body.JobTemplateArn, body.DocumentParameters) switch
        {
            (null, null, _) => "document is required, or the ARN of a managed job template in jobTemplateArn",
            (not null, not null, _) => "document and jobTemplateArn can't both be given",
            (not null, _, not null) => "documentParameters is only for managed job templates; give jobTemplateArn in place of document",
            _ => null,
        };
        if (fault is not null || body.JobTemplateArn is not { } arn)
        {
            return fault is null ? RawJson.FromText(body.Document!) : null;
        }

        if (ManagedJobTemplate.Find(arn) is not { } template)
        {
            fault = $"jobTemplateArn '{SafeText.Of(arn, MaxShownArn)}' is not the ARN of a managed job template, such as "
                + ManagedJobTemplate.All[0].Arn;
            return null;
        }

        RawJson document = template.Fill(body.DocumentParameters ?? NoParameters, out fault);
        return fault is null ? document : null;
    }

    /// <summary>DescribeJob. It does not show the document, so <c>beforeSubstitution</c> makes no difference.</summary>
    public RestResponse Describe(RestRequest request, string jobId)
    {
        if (!request.TryQueryFlag("beforeSubstitution", out _, out RestResponse rejection))
        {
            return rejection;
        }

        return jobs.DescribeJob(jobId).TryGet(out Job? job, out ServiceError? error)
            ? RestResponse.Ok(new DescribeJobBody(ResponseMapper.Job(job, jobs.CountExecutions(jobId))), RestJson.Default.DescribeJobBody)
            : ResponseMapper.Error(error, Plane.Control);
    }

    /// <summary>GetJobDocument; <c>beforeSubstitution</c> makes no difference.</summary>
    public RestResponse Document(RestRequest request, string jobId)
    {
        if (!request.TryQueryFlag("beforeSubstitution", out _, out RestResponse rejection))
        {
            return rejection;
        }

        return jobs.DescribeJob(jobId).TryGet(out Job? job, out ServiceError? error)
            ? RestResponse.Ok(new JobDocumentBody(job.Document.ToString()), RestJson.Default.JobDocumentBody)
            : ResponseMapper.Error(error, Plane.Control);
    }

    public RestResponse Cancel(RestRequest request, string jobId)
    {
        if (!request.TryQueryFlag("force", out bool force, out RestResponse rejection)
            || !request.TryReadBody(RestJson.Default.CancelJobBody, out CancelJobBody? body, out rejection))
        {
            return rejection;
        }

        return jobs.CancelJob(jobId, force, body.ReasonCode, body.Comment).TryGet(out Job? job, out ServiceError? error)
            ? Named(job)
            : ResponseMapper.Error(error, Plane.Control);
    }

    public RestResponse Delete(RestRequest request, string jobId)
    {
        if (!request.TryQueryFlag("force", out bool force, out RestResponse rejection))
        {
            return rejection;
        }

        return jobs.DeleteJob(jobId, force) is { } error ? ResponseMapper.Error(error, Plane.Control) : RestResponse.Empty;
    }

    public RestResponse List(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse rejection))
        {
            return rejection;
        }

        JobStatus? status = null;
        if (request.Query("status") is { } statusName)
        {
            if (statusName is "SCHEDULED" or "DELETION_IN_PROGRESS")
            {
                // Jobs start at once here and are deleted at once.
                return RestResponse.Ok(new JobListBody([], null), RestJson.Default.JobListBody);
            }

            if (!JobStatusNames.TryParse(statusName, out JobStatus parsed))
            {
                return RestResponse.InvalidRequest($"status '{statusName}' is not a job status");
            }

            status = parsed;
        }

        TargetSelection? selection = null;
        if (request.Query("targetSelection") is { } selectionName)
        {
            if (!JobStatusNames.TryParse(selectionName, out TargetSelection parsed))
            {
                return RestResponse.InvalidRequest($"targetSelection '{selectionName}' must be SNAPSHOT or CONTINUOUS");
            }

            selection = parsed;
        }

        Page<Job> page = jobs.ListJobs(status, selection, maxResults, token);
        return RestResponse.Ok(
            new JobListBody([.. page.Items.Select(ResponseMapper.Summary)], page.NextToken), RestJson.Default.JobListBody);
    }

    private static RestResponse Named(Job job) =>
        RestResponse.Ok(new JobNamedBody(Arn.OfJob(job.Id), job.Id, job.Description), RestJson.Default.JobNamedBody);
}
