using System.Buffers;
using System.Text.Json;

namespace EdgeJobs.Protocol.Tests;

/// <summary>Methods that promise not to allocate.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Reading_into_a_view_allocates_nothing()
    {
        byte[] payload = Vector.Named("start-next.accepted").Payload;
        AssertAllocatesNothing(() =>
        {
            bool read = StartNextPendingJobExecutionResponseView.TryRead(payload, out StartNextPendingJobExecutionResponseView view, out _);
            int entries = 0;
            foreach (JsonMap<JsonText>.Entry entry in view.Execution.StatusDetails)
            {
                entries += entry.Key.Equals("step"u8) && entry.Value.Equals("begin"u8) ? 1 : 0;
            }

            return read && entries == 1 && view.Execution.Status == JobExecutionStatus.InProgress && view.Execution.JobDocument.HasValue;
        });
    }

    [Fact]
    public void Reading_a_list_into_a_view_allocates_nothing()
    {
        byte[] payload = Vector.Named("get-mixed.accepted").Payload;
        AssertAllocatesNothing(() =>
        {
            bool read = GetPendingJobExecutionsResponseView.TryRead(payload, out GetPendingJobExecutionsResponseView view, out _);
            int jobs = 0;
            foreach (JobExecutionSummaryView job in view.QueuedJobs)
            {
                jobs += job.JobId.Equals("reboot-7"u8) ? 1 : 0;
            }

            return read && jobs == view.QueuedJobs.Count;
        });
    }

    [Fact]
    public void Finding_a_token_allocates_nothing()
    {
        byte[] payload = Vector.Named("start-next.accepted").Payload;
        AssertAllocatesNothing(() => CorrelationToken.TryRead(payload, "clientToken"u8, out JsonText token) && token.Equals("a-04"u8));
    }

    [Fact]
    public void Checking_and_writing_an_update_allocates_nothing()
    {
        UpdateJobExecutionRequest request = new()
        {
            Status = JobExecutionUpdateStatus.InProgress,
            StatusDetails = new([new("step", "2/5"), new("name", "download")]),
            ExpectedVersion = 3,
        };
        ArrayBufferWriter<byte> buffer = new(1_024);
        using Utf8JsonWriter writer = new(buffer);
        AssertAllocatesNothing(() =>
        {
            buffer.ResetWrittenCount();
            writer.Reset(buffer);
            bool valid = request.TryValidate(out _);
            request.WriteTo(writer, "token"u8);
            writer.Flush();
            return valid && buffer.WrittenCount > 0;
        });
    }

    [Fact]
    public void Building_and_matching_a_topic_allocates_nothing()
    {
        char[] buffer = new char[256];
        AssertAllocatesNothing(() =>
            JobsTopics.TryFormatUpdateJobExecutionAccepted(buffer, "edge-dev-01", "fw-2-1-0", out int written)
            && JobsTopics.TryMatch(buffer.AsSpan(0, written), out JobsTopicMatch match)
            && match.Channel == JobsChannel.UpdateJobExecutionAccepted
            && match.JobId.SequenceEqual("fw-2-1-0"));
    }

    private static void AssertAllocatesNothing(Func<bool> action)
    {
        // The first call compiles and fills caches.
        Assert.True(action());
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool done = action();
        long after = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(done);
        Assert.Equal(0, after - before);
    }
}
