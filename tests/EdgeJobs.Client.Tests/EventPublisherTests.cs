using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Tests;

/// <summary>Messages without a reply.</summary>
public sealed class EventPublisherTests : BrokerTests
{
    private static readonly EventOperation<UpdateJobExecutionRequest> Sent = new("sent", QualityOfService.AtLeastOnce, 1, isSent: true)
    {
        Retain = true,
        MessageExpiry = TimeSpan.FromHours(1),
    };

    [Fact]
    public async Task A_retained_message_reaches_later_subscribers()
    {
        await using MqttConnection connection = await ConnectedAsync(Options());
        EventPublisher publisher = new(connection.PublishAsync);
        Assert.Equal(
            PublishResult.Acknowledged,
            await publisher.PublishAsync(
                Sent, "sent", new UpdateJobExecutionRequest { Status = JobExecutionUpdateStatus.InProgress }, default));
        await using TestService late = await TestService.StartAsync(Broker, "sent");
        Assert.Equal(("sent", """{"status":"IN_PROGRESS"}"""), await late.ReceiveAsync());
    }

    [Fact]
    public async Task A_message_that_violates_a_limit_is_not_sent()
    {
        EventPublisher publisher = new((_, _, _, _) => throw new InvalidOperationException("not to be called"));
        UpdateJobExecutionRequest message = new() { Status = JobExecutionUpdateStatus.InProgress, StepTimeoutInMinutes = 0 };
        Assert.Equal(
            new PublishResult(PublishStatus.Invalid, "sent was not sent: stepTimeoutInMinutes must be 1 to 10080, or -1"),
            await publisher.PublishAsync(Sent, "sent", message, default));
    }

    [Fact]
    public async Task A_received_operation_can_not_be_published()
    {
        EventPublisher publisher = new((_, _, _, _) => throw new InvalidOperationException("not to be called"));
        ArgumentException e = await Assert.ThrowsAsync<ArgumentException>(
            async () => await publisher.PublishAsync(
                JobsOperations.NextJobExecutionChanged, "t", new NextJobExecutionChangedEvent(), default));
        Assert.StartsWith("nextJobExecutionChanged is received, not sent", e.Message, StringComparison.Ordinal);
    }
}
