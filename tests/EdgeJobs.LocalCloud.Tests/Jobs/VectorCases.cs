using System.Text.Json.Nodes;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Tests.Fixtures;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

/// <summary>
/// How each vector is replayed: the two scenarios from start to end, the single messages in their situations, and the vectors that the
/// service never sends, with the reason.
/// </summary>
internal static class VectorCases
{
    private const string Firmware = "fw-2-1-0";

    /// <summary>Single requests: the situation, then the response: a vector, or an error code if no vector has it.</summary>
    public static readonly IReadOnlyDictionary<string, SingleCase> Singles = new Dictionary<string, SingleCase>
    {
        ["err.invalid-json.array"] = new("err.invalid-json.array.rejected"),
        ["err.invalid-json.syntax"] = new("err.invalid-json.syntax.rejected"),
        ["err.empty-payload.request"] = new(Accepted),
        ["err.empty-object.request"] = new(Accepted),
        ["err.no-status.request"] = new("err.no-status.rejected"),
        ["err.device-cancels.request"] = new("err.device-cancels.rejected"),
        ["err.back-to-queued.request"] = new("err.back-to-queued.rejected", Started: true),
        ["err.bad-details-newline.request"] =
            new("err.bad-details.rejected", OurMessage: "statusDetails.log must be 1 to 1024 characters without control characters"),
        ["err.bad-details-key.request"] = new("InvalidRequest"),
        ["err.bad-details-empty.request"] = new("InvalidRequest"),
        ["err.bad-details-1025.request"] = new("InvalidRequest"),
        ["err.bad-details-11.request"] = new("InvalidRequest"),
        ["ok.details-max.request"] = new(Accepted),
        ["err.step-timeout-zero.request"] = new("InvalidRequest"),
        ["err.step-timeout-over.request"] = new("InvalidRequest"),
        ["err.step-timeout-minus2.request"] = new("InvalidRequest"),
        ["err.step-timeout-minus1-on-start-next.request"] = new("InvalidRequest"),
        ["err.unknown-job.request"] = new("err.unknown-job.rejected"),
        ["err.unknown-job-get.request"] = new("err.unknown-job-get.rejected"),
        ["err.unknown-execution-number.request"] = new("ResourceNotFound"),
        ["err.invalid-topic.request"] = new("err.invalid-topic.rejected"),
        ["err.update-next.request"] = new("InvalidTopic"),
        ["tol.extra-members.request"] = new(Accepted),
        ["tol.describe-without-document.request"] = new("tol.describe-without-document.accepted"),
    };

    /// <summary>Messages that this service never sends verbatim, and why.</summary>
    public static readonly IReadOnlyDictionary<string, string> NeverSent = new Dictionary<string, string>
    {
        ["err.throttled.rejected"] = "this service has no request limit",
        ["err.internal.rejected"] = "sent when the store fails, with a message that says so: see JobsServiceFailureTests",
        ["tol.notify-empty-array"] = "an empty status is left out here; what clients have to tolerate",
        ["tol.execution-with-thingName"] = "thingName is left out here; what clients have to tolerate",
        ["tol.float-timestamps"] = "times are whole seconds here; what clients have to tolerate",
    };

    /// <summary>
    /// The notifications of a new job are sent at once here, so their timestamp is the time of the change. AWS may be up to a second
    /// late, as the vectors show.
    /// </summary>
    public static readonly IReadOnlyDictionary<string, long> SentAtOnce = new Dictionary<string, long>
    {
        ["job1-created.notify"] = 1795400010,
        ["job1-created.notify-next"] = 1795400010,
        ["job2-created.notify"] = 1795400020,
        ["b.created.notify"] = 1795401002,
    };

    public const string Accepted = "accepted";

    /// <summary>What the operator does before a notification.</summary>
    public static async Task ActAsync(IReplay replay, string vector)
    {
        switch (vector)
        {
            case "job1-created.notify":
                Create(replay, Firmware, 1795400010, MqttVector.Named("job1-created.notify-next").Json!["execution"]!["jobDocument"]!);
                break;
            case "job2-created.notify":
                Create(replay, "reboot-7", 1795400020, MqttVector.Named("succeed.notify-next").Json!["execution"]!["jobDocument"]!);
                break;
            case "b.created.notify":
                Create(replay, "cfg-a", 1795401000, new JsonObject());
                // The first of the two jobs has its own notification; the vectors begin after that.
                Assert.Equal("notify", (await replay.NextAsync()).Kind);
                Assert.Equal("notify-next", (await replay.NextAsync()).Kind);
                Create(replay, "cfg-b", 1795401002, MqttVector.Named("b.start-second.notify-next").Json!["execution"]!["jobDocument"]!);
                break;
            case "b.force-cancel.notify":
                replay.Clock.SetTo(1795401020);
                Assert.Null(replay.Service.CancelJobExecution(Cloud.Thing, "cfg-b", force: true).Error);
                break;
            default:
                break;
        }
    }

    /// <summary>The job of the single messages: queued at 1795400010, and started at 1795400030 if the case requires it.</summary>
    public static async Task PrepareAsync(IReplay replay, bool started)
    {
        Create(replay, Firmware, 1795400010, MqttVector.Named("job1-created.notify-next").Json!["execution"]!["jobDocument"]!);
        await replay.NextAsync();
        await replay.NextAsync();
        if (started)
        {
            replay.Clock.SetTo(1795400030);
            Assert.Null(replay.Service.StartNext(new StartNextCommand(Cloud.Thing)).Error);
        }
    }

    private static void Create(IReplay replay, string jobId, long at, JsonNode document)
    {
        replay.Clock.SetTo(at);
        Assert.Null(replay.Service.CreateJob(Cloud.Job(jobId, document.ToJsonString())).Error);
    }

    /// <param name="Response">A vector's name, <see cref="Accepted"/>, or an error code.</param>
    /// <param name="Started">Whether the job is IN_PROGRESS at the request; otherwise it is QUEUED.</param>
    /// <param name="OurMessage">The error message if it differs from the vector's. AWS does not specify the texts.</param>
    internal sealed record SingleCase(string Response, bool Started = false, string? OurMessage = null);
}
