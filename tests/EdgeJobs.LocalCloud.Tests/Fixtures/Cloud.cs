using System.Text;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>The service alone, with a manual clock and a recording gateway.</summary>
internal sealed class Cloud : IDisposable
{
    public const string Thing = "edge-dev-01";
    public const long Start = 1795400000;

    public Cloud(IJobStore? store = null, JobsServiceOptions? options = null, ManualClock? clock = null)
    {
        Clock = clock ?? new ManualClock(Start);
        Service = new JobsService(store ?? new MemoryStore(), Clock, options ?? new JobsServiceOptions(), NullLogger<JobsService>.Instance);
        Service.Attach(Gateway);
        Service.CreateThing(Thing);
    }

    public ManualClock Clock { get; }

    public JobsService Service { get; }

    public RecordingGateway Gateway { get; } = new();

    public static CreateJobRequest Job(string jobId, string document = "{}", long? timeoutInMinutes = null) => new()
    {
        JobId = jobId,
        Targets = [JobTarget.Thing(Thing)],
        Document = RawJson.FromText(document),
        TimeoutInMinutes = timeoutInMinutes,
    };

    /// <summary>Creates a job and discards the notifications.</summary>
    public void CreateJob(string jobId, long? timeoutInMinutes = null)
    {
        Assert.Null(Service.CreateJob(Job(jobId, timeoutInMinutes: timeoutInMinutes)).Error);
        Gateway.Drain();
    }

    /// <summary>Sends a request as the thing; returns all resulting messages.</summary>
    public List<Received> Send(string operation, string payload = "{}", string thing = Thing)
    {
        Service.HandleRequest(Gateway, "device", $"$aws/things/{thing}/jobs/{operation}", Encoding.UTF8.GetBytes(payload));
        return Gateway.Drain();
    }

    /// <summary>Sends an update; returns the kinds of all resulting messages.</summary>
    public List<string> Update(string jobId, string status) => Kinds(Send($"{jobId}/update", $$"""{"status":"{{status}}"}"""));

    public Execution Execution(string jobId, long? number = null) => Service.DescribeJobExecution(Thing, jobId, number).Value!;

    public Job JobOf(string jobId) => Service.DescribeJob(jobId).Value!;

    public static List<string> Kinds(IEnumerable<Received> messages) => [.. messages.Select(message => message.Kind)];

    public void Dispose() => Service.Dispose();
}
