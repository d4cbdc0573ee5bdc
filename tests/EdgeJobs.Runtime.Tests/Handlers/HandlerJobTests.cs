using System.Text;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Handlers;

/// <summary>Jobs of custom operations.</summary>
public sealed class HandlerJobTests
{
    private const string Document = """{"operation":"set-led","led":"mast","state":"on","brightness":"20"}""";
    private readonly FakeTimeProvider _time = new();
    private readonly ProgressList _progress = new();

    [Fact]
    public async Task A_handler_is_given_its_document_and_tells_its_progress()
    {
        StepResult result = await RunAsync((document, context, _) =>
        {
            context.Report(120, "half way", new KeyValuePair<string, string>("led", document.Led));
            Assert.Equal(("mast", SetLedDocumentState.On, 20), (document.Led, document.State, document.Brightness));
            Assert.Equal(("pump-7", "job-1", 3), (context.ThingName, context.JobId, context.ExecutionNumber));
            return Task.FromResult(JobResult.Succeeded(new KeyValuePair<string, string>("was", "off")));
        });
        Assert.Equal((StepEnd.Returned, 0, "success"), (result.End, result.Code, result.Describe()));
        StepProgress progress = Assert.Single(_progress);
        Assert.Equal((100, "half way", "mast"), (progress.Percent, progress.Message, progress.Values["led"]));
        Outcome outcome = StatusReport.Succeeded(Plan(), [result]);
        Assert.Equal("the step succeeded", outcome.Details["reason"]);
        Assert.Equal("off", outcome.Details["was"]);
    }

    [Fact]
    public async Task A_failure_is_told_with_its_reason_and_details_but_not_over_those_of_the_agent()
    {
        StepResult result = await RunAsync((_, _, _) => Task.FromResult(JobResult.Failed("the mast is gone", new("step", "9"),
            new("reason", "x"), new("height", "0"))));
        Outcome outcome = StatusReport.Failed(Plan(), [result]);
        Assert.Equal(
            "reason=step 1 of 1 'set-led' failed: the mast is gone, step=1/1, stepName=set-led, height=0",
            string.Join(", ", outcome.Details.Select(d => $"{d.Key}={d.Value}")));
    }

    [Fact]
    public async Task An_exception_is_a_failure_of_the_job_alone()
    {
        StepResult result = await RunAsync((_, _, _) => throw new InvalidOperationException("pin 17\nis busy"));
        Assert.Equal((StepEnd.Returned, 1, "InvalidOperationException: pin 17 is busy"), (result.End, result.Code, result.Describe()));
    }

    [Fact]
    public async Task A_cancelled_handler_has_failed_when_it_says_nothing_else()
    {
        using CancellationTokenSource cancel = new();
        StepResult result = await RunAsync(
            async (_, _, cancellationToken) =>
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return JobResult.Succeeded();
            },
            cancellationToken: cancel.Token);
        Assert.Equal((1, "the handler was cancelled", true), (result.Code, result.Describe(), result.WasCanceled));
        Assert.Null(result.TimedOutAfter);
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_cancelled_and_has_timed_out()
    {
        StepResult result = await RunAsync(
            async (_, _, cancellationToken) =>
            {
                _time.Advance(TimeSpan.FromSeconds(30));
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return JobResult.Succeeded();
            },
            TimeSpan.FromSeconds(30));
        Assert.Equal("timed out after 30 s (the handler was cancelled)", result.Describe());
        Assert.Equal(TimeSpan.FromSeconds(30), result.Duration);
    }

    [Fact]
    public async Task A_handler_of_an_operation_that_the_policy_does_not_list_is_not_called()
    {
        SetLedHandler handler = new((_, _, _) => throw new InvalidOperationException("it was called"));
        ExecutionPolicy policy = new() { Operations = ["runCommand"], Users = ["root"] };
        OperationStepRunner runner = new(null!, TimeSpan.FromSeconds(10), NullLogger.Instance, _time, policy);
        StepPlan step = Reader(handler).Read(Encoding.UTF8.GetBytes(Document)).Plan!.Steps[0];
        StepResult result = await Wait.ForAsync(runner.RunAsync(new StepContext("pump-7", "job-1", 3, 1, 1, step), _progress, default)
            .AsTask(), "the end of the step");
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.StartsWith("the operation set-led is not allowed on this board", result.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Documents_are_told_apart_by_their_operation_and_all_faults_are_told()
    {
        JobDocumentReader reader = Reader(new SetLedHandler((_, _, _) => Task.FromResult(JobResult.Succeeded())));
        Assert.Equal("operation set-led", Assert.Single(reader.Read(Encoding.UTF8.GetBytes(Document)).Plan!.Steps).Action.Describe());
        Assert.IsType<StepAction.RunHandler>(reader.Read("""{"operation":"other"}"""u8.ToArray()).Plan!.Steps[0].Action);
        Assert.Equal(2, reader.Read("""{"version":"1.0","steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"ls"}}}],"finalStep":{"action":{"name":"n","type":"runCommand","input":{"command":"ls"}}}}"""u8.ToArray()).Plan!.Steps.Count);
        Assert.Equal(
            """invalid job document: led: must be 1 to 32 characters of [a-z0-9:_-]; state: must be one of "on", "off", "blink", not "purple"; brightness: must be a whole number, not such a string""",
            reader.Read("""{"operation":"set-led","led":"Mast","state":"purple","brightness":"high"}"""u8.ToArray()).Reason);
        Assert.EndsWith(
            "it does not say what to run. This agent also knows \"operation\": \"set-led\"",
            reader.Read("{}"u8.ToArray()).Reason,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"show":[{"kind":"pulse","hertz":5},{"kind":"dark","seconds":"3"}],"speeds":{"a":1},"armed":true,"start":"2026-11-23T10:00:00Z","extra":{"a":[1,2]}}""", "")]
    [InlineData("""{"show":[{"kind":"pulse","hertz":3},{"kind":"dark","seconds":0}]}""",
        "show[0].hertz: must be one of 1, 2, 5; show[1].seconds: must be at least 1")]
    [InlineData("""{"show":[{"kind":"laser"},{},{"kind":7}]}""", "show[0].kind: must be one of \"pulse\", \"dark\", \"loop\", not \"laser\"; show[1].kind: missing; it must be one of \"pulse\", \"dark\", \"loop\"; show[2].kind: must be one of \"pulse\", \"dark\", \"loop\", not such a number")]
    [InlineData("""{"show":[{"kind":"loop","scenes":[{"kind":"loop","scenes":[{"kind":"dark","seconds":0},{"kind":"dark"}]}]}]}""",
        "show[0].scenes[0].scenes[0].seconds: must be at least 1")]
    [InlineData("""{"show":[]}""", "show: must have 1 to 4 elements")]
    [InlineData("""{"show":[{"kind":"dark"}],"speeds":{"a":3,"fast!":1,"b":"1"}}""",
        "speeds.a: must be 0.5 to 2; speeds.fast!: its name must be at most 4 characters; speeds.b: must be a number, not such a string")]
    [InlineData("""{"show":[{"kind":"dark"}],"armed":false}""", "armed: must be true")]
    [InlineData("""{"show":[{"kind":"dark"}],"start":"tomorrow"}""", "start: does not have the format that the spec requires")]
    [InlineData("""{"show":[{"kind":"dark"}],"extra":{"a":"0123456789012345"}}""", "extra: must have at most 20 bytes")]
    [InlineData("""{"show":[{"kind":"dark"}],"extra":[]}""", "extra: must be an object, not an array")]
    public void Every_form_of_schema_is_checked(string document, string reason)
    {
        JobHandlers handlers = new();
        handlers.Add(new LightShowHandler());
        DocumentResult result = new JobDocumentReader(handlers.Kinds).Read(Encoding.UTF8.GetBytes(document));
        Assert.Equal(reason.Length == 0 ? "" : "invalid job document: " + reason, result.Reason);
    }

    [Fact]
    public void A_second_handler_of_an_operation_is_refused()
    {
        EdgeJobsAgentBuilder builder = EdgeJobsAgent.CreateBuilder([]).AddHandler(new SetLedHandler(null!));
        InvalidOperationException e = Assert.Throws<InvalidOperationException>(() => builder.AddHandler(new SetLedHandler(null!)));
        Assert.Equal("the agent already has a handler for the job operation 'set-led'; add only one", e.Message);
    }

    private static JobDocumentReader Reader(SetLedHandler handler)
    {
        JobHandlers handlers = new();
        handlers.Add(handler);
        return new JobDocumentReader(handlers.Kinds);
    }

    private static JobPlan Plan() => Reader(new SetLedHandler(null!)).Read(Encoding.UTF8.GetBytes(Document)).Plan!;

    private Task<StepResult> RunAsync(Func<SetLedDocument, JobContext, CancellationToken, Task<JobResult>> handler,
        TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        JobPlan plan = Reader(new SetLedHandler(handler) { Timeout = timeout }).Read(Encoding.UTF8.GetBytes(Document)).Plan!;
        OperationStepRunner runner = new(null!, TimeSpan.FromSeconds(10), NullLogger.Instance, _time);
        return Wait.ForAsync(runner.RunAsync(new StepContext("pump-7", "job-1", 3, 1, 1, plan.Steps[0]), _progress, cancellationToken)
            .AsTask(), "the end of the handler");
    }
}
