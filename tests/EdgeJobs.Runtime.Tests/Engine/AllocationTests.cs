using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>Holds the allocations per job: they are the garbage of an agent that runs for years.</summary>
public sealed class AllocationTests
{
    private const int Runs = 100;

    [Fact]
    public void Reading_a_document_allocates_only_the_plan()
    {
        byte[] document = Encoding.UTF8.GetBytes(
            """{ "version": "1.0", "steps": [ { "action": { "name": "say", "type": "runCommand", "input": { "command": "/bin/true" } } } ] }""");
        Assert.InRange(BytesOf(() => JobDocumentReader.BuiltIn.Read(document).IsValid), 1, 520);
    }

    [Fact]
    public void Describing_a_successful_step_allocates_nothing()
    {
        StepResult result = new() { End = StepEnd.Exited };
        Assert.Equal(0, BytesOf(() => result.Describe() == "exit code 0"));
    }

    [Fact]
    public void A_job_goes_through_the_state_machine_with_few_allocations()
    {
        JobPlan plan = new() { Steps = [new StepPlan { Name = "say", Action = new StepAction.RunCommand(["/bin/true"]) }] };
        ExecutionOffer offer = new(new JobKey("job-1", 1), JobExecutionStatus.InProgress, 2, new DocumentResult(plan));
        StepResult result = new() { End = StepEnd.Exited };
        JobState start = JobMachine.Start(RunMode.Forever) with { IsConnected = true, HasListed = true, HasBeenAccepted = true };
        TransitionBuilder builder = new();
        Queue<JobEvent> events = new();
        Assert.InRange(BytesOf(() => RunJob(builder, start, offer, result, events)), 1, 1_700);
    }

    /// <summary>From the notification of a job to the next request for work, like the loop.</summary>
    private static bool RunJob(TransitionBuilder builder, JobState state, ExecutionOffer offer, StepResult result, Queue<JobEvent> events)
    {
        bool isReported = false;
        events.Enqueue(new JobEvent.HeadChanged(offer));
        while (events.TryDequeue(out JobEvent? jobEvent))
        {
            builder.Begin(state);
            JobMachine.Next(builder, jobEvent);
            state = builder.State;
            for (int i = 0; i < builder.Commands.Count; i++)
            {
                switch (builder.Commands[i])
                {
                    case JobCommand.StartNext next when !isReported:
                        events.Enqueue(new JobEvent.ExecutionFetched(next.RequestId, RequestResult.Accepted, offer));
                        break;
                    case JobCommand.Journal { WriteId: not 0 } journal:
                        events.Enqueue(new JobEvent.Journaled(journal.WriteId, null));
                        break;
                    case JobCommand.RunStep run:
                        events.Enqueue(new JobEvent.StepCompleted(run.RunId, result));
                        break;
                    case JobCommand.Update update:
                        isReported = update.Status == JobExecutionUpdateStatus.Succeeded;
                        events.Enqueue(new JobEvent.UpdateCompleted(update.RequestId, RequestResult.Accepted, null));
                        break;
                }
            }
        }

        return isReported && state is { Job: null, ClaimId: not 0 };
    }

    /// <summary>The bytes that one call allocates, once everything is compiled and cached.</summary>
    private static long BytesOf(Func<bool> action)
    {
        bool isDone = Repeat(action);
        long before = GC.GetAllocatedBytesForCurrentThread();
        isDone &= Repeat(action);
        long after = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(isDone);
        return (after - before) / Runs;
    }

    private static bool Repeat(Func<bool> action)
    {
        bool isDone = true;
        for (int i = 0; i < Runs; i++)
        {
            isDone &= action();
        }

        return isDone;
    }
}
