using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Requests whose replies carry no token.</summary>
public sealed class TopicRequestTests : BrokerTests, IMqttHandler
{
    private const string Provision = "$aws/provisioning-templates/pumps/provision/json";
    private static readonly RegisterThingRequest Request = new() { CertificateOwnershipToken = "t" };
    private RequestClient? _client;

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        Received.Enqueue(topic);
        _client!.TryAccept(topic, payload, properties, receipt, out _);
    }

    [Theory]
    [InlineData("accepted", """{"thingName":"pump-7"}""", ReplyStatus.Accepted)]
    [InlineData("rejected", """{"statusCode":400,"errorCode":"InvalidCertificateOwnershipToken"}""", ReplyStatus.Rejected)]
    [InlineData("accepted", "[]", ReplyStatus.Undecodable)]
    public async Task The_next_message_on_a_reply_topic_completes_the_request(string outcome, string payload, ReplyStatus status)
    {
        await using MqttConnection connection = await ClientAsync(TimeSpan.FromSeconds(30));
        await using TestService service = await TestService.StartAsync(Broker, Provision);
        Task<Reply<RegisterThingResponse, ProvisioningRejectedResponse>> asked = AskAsync();
        Assert.Equal((Provision, """{"certificateOwnershipToken":"t"}"""), await service.ReceiveAsync());

        // A reply of another template does not match.
        await service.SendAsync("$aws/provisioning-templates/other/provision/json/accepted", """{"thingName":"other"}""");
        await service.SendAsync(Provision + "/" + outcome, payload);
        Reply<RegisterThingResponse, ProvisioningRejectedResponse> reply = await Wait.ForAsync(asked, "the reply");
        Assert.Equal(status, reply.Status);
        Assert.Equal(status == ReplyStatus.Accepted ? "pump-7" : null, reply.Accepted?.ThingName);
        Assert.Equal(status == ReplyStatus.Rejected ? "InvalidCertificateOwnershipToken" : null, reply.Rejected?.ErrorCode);
    }

    [Fact]
    public async Task Only_one_request_per_topic_can_be_pending()
    {
        await using MqttConnection connection = await ClientAsync(TimeSpan.FromSeconds(30));
        await using TestService service = await TestService.StartAsync(Broker, Provision);
        Task<Reply<RegisterThingResponse, ProvisioningRejectedResponse>> first = AskAsync();
        await service.ReceiveAsync();
        InvalidOperationException fault = await Assert.ThrowsAsync<InvalidOperationException>(AskAsync);
        Assert.Equal($"registerThing is pending on {Provision}, and its replies carry no token: wait until it has ended", fault.Message);

        // Once it has ended, the next request can be sent; the end of the connection fails it.
        await service.SendAsync(Provision + "/accepted", "{}");
        Assert.True((await Wait.ForAsync(first, "the reply")).IsAccepted);
        Task<Reply<RegisterThingResponse, ProvisioningRejectedResponse>> second = AskAsync();
        await service.ReceiveAsync();
        _client!.FailAll("gone");
        Reply<RegisterThingResponse, ProvisioningRejectedResponse> lost = await Wait.ForAsync(second, "the end of the wait");
        Assert.Equal((ReplyStatus.NotConnected, "gone"), (lost.Status, lost.Reason));
    }

    [Fact]
    public async Task A_late_reply_is_ignored()
    {
        await using MqttConnection connection = await ClientAsync(TimeSpan.FromMilliseconds(200));
        Reply<RegisterThingResponse, ProvisioningRejectedResponse> reply = await Wait.ForAsync(AskAsync(), "the end of the wait");
        Assert.Equal(ReplyStatus.TimedOut, reply.Status);
        Assert.StartsWith("no reply to registerThing within 0.2 s", reply.Reason, StringComparison.Ordinal);
        Assert.Equal(ReplyStatus.TimedOut, (await Wait.ForAsync(AskAsync(), "the end of the wait")).Status);
    }

    [Fact]
    public async Task A_topic_of_another_operation_is_rejected()
    {
        await using MqttConnection connection = await ClientAsync(TimeSpan.FromSeconds(30));
        foreach (string topic in new[] { "$aws/provisioning-templates/provision/json", "$aws/certificates/pumps/provision/json" })
        {
            await Assert.ThrowsAsync<ArgumentException>(
                async () => await _client!.RequestAsync(JobsOperations.RegisterThing, topic, Request, default));
        }
    }

    [Fact]
    public void No_message_holds_a_secret()
    {
        byte[] payload = Encoding.UTF8.GetBytes(
            """{"certificateId":"c","certificatePem":"p","privateKey":"PLANTED","certificateOwnershipToken":"PLANTED"}""");
        Assert.True(CreateKeysAndCertificateResponse.TryRead(payload, out CreateKeysAndCertificateResponse? response, out _));
        Assert.Equal(
            "CreateKeysAndCertificateResponse { CertificateId = c, CertificatePem = p, PrivateKey = ***, CertificateOwnershipToken = *** }",
            response.ToString());
    }

    private async Task<MqttConnection> ClientAsync(TimeSpan timeout)
    {
        MqttConnection connection = await ConnectedAsync(Options());
        Assert.Null(await connection.SubscribeAsync([JobsTopics.RegisterThingReplyFilter("pumps"),
            "$aws/provisioning-templates/other/provision/json/+"], default));
        _client = new RequestClient(JobsSpec.Instance, connection.PublishAsync, timeout, TimeProvider.System, new Random(1), Logger);
        return connection;
    }

    private Task<Reply<RegisterThingResponse, ProvisioningRejectedResponse>> AskAsync() =>
        _client!.RequestAsync(JobsOperations.RegisterThing, JobsTopics.RegisterThing("pumps"), Request, default).AsTask();
}
