using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

/// <summary>The effect of policies on clients with certificates, in both versions of MQTT, and the log entry of each denial.</summary>
public sealed class PolicyBrokerTests(Certificates certificates) : IClassFixture<Certificates>
{
    private const string Connect =
        """{"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:eu-west-1:123456789012:client/pump"}""";
    private const string Everything = """{"Effect":"Allow","Action":"iot:*","Resource":"*"}""";
    private static readonly byte[] Empty = "{}"u8.ToArray();

    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Connect_requires_permission_for_the_client_id(MqttProtocolVersion version)
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        string id = running.Register(certificate, Connect);
        await using MqttDevice denied = new();
        Assert.Equal(
            MqttClientConnectResultCode.NotAuthorized, (await ConnectAsync(running, denied, "pump2", certificate, version)).ResultCode);
        Assert.Equal(
            $"AUTHORIZATION_FAILURE: pump2 (certificate {id[..12]}…) lacks iot:Connect on "
            + "arn:aws:iot:us-east-1:000000000000:client/pump2: no statement of policy p allows it",
            await running.Log.WaitForAsync("AUTHORIZATION_FAILURE"));
        await using MqttDevice allowed = new();
        Assert.Equal(MqttClientConnectResultCode.Success, (await ConnectAsync(running, allowed, "pump", certificate, version)).ResultCode);
    }

    [Fact]
    public async Task Denied_subscription_is_rejected_in_MQTT_5_and_the_others_are_granted()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = await PumpAsync(running, MqttProtocolVersion.V500, $$"""
            {{Connect}},
            {"Effect":"Allow","Action":"iot:Subscribe","Resource":[
                "arn:aws:iot:eu-west-1:123456789012:topicfilter/a/+","arn:aws:iot:eu-west-1:123456789012:topicfilter/b/*"]}
            """);
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("a/+"));
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("b/#"));
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await device.SubscribeAsync("a/b"));
        Assert.Contains(
            "lacks iot:Subscribe on arn:aws:iot:us-east-1:000000000000:topicfilter/a/b: no statement",
            await running.Log.WaitForAsync("AUTHORIZATION"), StringComparison.Ordinal);
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("b/c"));
    }

    [Fact]
    public async Task Denied_subscription_ends_the_connection_in_MQTT_3()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = await PumpAsync(running, MqttProtocolVersion.V311, $$"""
            {{Connect}},{"Effect":"Allow","Action":"iot:Subscribe","Resource":"arn:aws:iot:eu-west-1:123456789012:topicfilter/a/+"}
            """);
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("a/+"));
        await Assert.ThrowsAnyAsync<MqttCommunicationException>(() => device.SubscribeAsync(
            new MqttClientSubscribeOptions
            {
                TopicFilters = [new MqttTopicFilter { Topic = "a/+" }, new MqttTopicFilter { Topic = "a/b" }],
            }));
        await device.DisconnectedAsync();
        await running.Log.WaitForAsync("lacks iot:Subscribe on arn:aws:iot:us-east-1:000000000000:topicfilter/a/b:");
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V500, MqttQualityOfServiceLevel.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V500, MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttProtocolVersion.V311, MqttQualityOfServiceLevel.AtLeastOnce)]
    [InlineData(MqttProtocolVersion.V311, MqttQualityOfServiceLevel.AtMostOnce)]
    public async Task Denied_publish_ends_the_connection(MqttProtocolVersion version, MqttQualityOfServiceLevel quality)
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = await PumpAsync(running, version, $$"""
            {{Connect}},
            {"Effect":"Allow","Action":["iot:Publish","iot:Receive"],
                "Resource":"arn:aws:iot:eu-west-1:123456789012:topic/$aws/things/${iot:Connection.Thing.ThingName}/jobs/*"}
            """);
        await device.PublishAsync("$aws/things/pump/jobs/get", Empty, quality);
        Assert.Equal("get/accepted", (await device.NextAsync()).Kind);
        _ = device.PublishAsync("$aws/things/valve/jobs/get", Empty, quality);
        MqttClientDisconnectedEventArgs end = await device.DisconnectedAsync();
        Assert.True(version == MqttProtocolVersion.V311 || end.Reason == MqttClientDisconnectReason.NotAuthorized, end.Reason.ToString());
        Assert.True(string.IsNullOrEmpty(end.ReasonString), end.ReasonString);
        await running.Log.WaitForAsync(
            "lacks iot:Publish on arn:aws:iot:us-east-1:000000000000:topic/$aws/things/valve/jobs/get: no statement of policy p allows it");
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Message_without_receive_permission_is_dropped_silently(MqttProtocolVersion version)
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = await PumpAsync(running, version, $$"""
            {{Everything}},
            {"Effect":"Deny","Action":"iot:Receive","Resource":[
                "arn:aws:iot:eu-west-1:123456789012:topic/*/get/accepted","arn:aws:iot:eu-west-1:123456789012:topic/a/secret"]}
            """);
        await device.SubscribeAsync("a/#");
        await device.PublishAsync("$aws/things/pump/jobs/get", Empty);
        await device.PublishAsync("a/secret", Empty);
        await device.PublishAsync("a/plain", Empty);
        Assert.Equal("a/plain", (await device.NextMessageAsync()).Topic);
        await device.PublishAsync("$aws/things/pump/jobs/start-next", Empty);
        Assert.Equal("start-next/accepted", (await device.NextAsync()).Kind);
        await running.Log.WaitForAsync(
            "lacks iot:Receive on arn:aws:iot:us-east-1:000000000000:topic/$aws/things/pump/jobs/get/accepted: statement 2 of policy p "
            + "denies it");
        await running.Log.WaitForAsync(
            "lacks iot:Receive on arn:aws:iot:us-east-1:000000000000:topic/a/secret: statement 2 of policy p denies it");
    }

    [Fact]
    public async Task Retaining_requires_a_separate_permission()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = await PumpAsync(
            running, MqttProtocolVersion.V500, $$"""{{Connect}},{"Effect":"Allow","Action":"iot:Publish","Resource":"*"}""");
        Assert.True(
            await device.PublishAsync("a", Empty)
                is MqttClientPublishReasonCode.Success or MqttClientPublishReasonCode.NoMatchingSubscribers);
        _ = device.PublishAsync("a", Empty, retain: true);
        await device.DisconnectedAsync();
        await running.Log.WaitForAsync("lacks iot:RetainPublish on arn:aws:iot:us-east-1:000000000000:topic/a:");
    }

    [Fact]
    public async Task Policy_change_applies_at_once_to_connected_clients()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = await PumpAsync(running, MqttProtocolVersion.V500, Connect);
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await device.SubscribeAsync("a"));
        Assert.Null(running.Service.CreatePolicyVersion("p", RunningBroker.Policy(Everything), setAsDefault: false).Error);
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await device.SubscribeAsync("a"));
        Assert.Null(running.Service.SetDefaultPolicyVersion("p", 2));
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("a"));
    }

    [Fact]
    public async Task Policies_of_a_group_apply_to_its_things()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = await PumpAsync(running, MqttProtocolVersion.V500, Connect);
        running.Service.CreateThingGroup("north");
        running.Service.CreatePolicy("group", RunningBroker.Policy(Everything));
        Assert.Null(running.Service.AttachPolicy("group", new PolicyTarget(true, "north")));
        Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await device.SubscribeAsync("a"));
        Assert.Null(running.Service.AddThingToThingGroup("north", "pump"));
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("a"));
    }

    [Theory]
    [InlineData("INACTIVE", "the certificate is INACTIVE")]
    [InlineData("REVOKED", "the certificate is REVOKED")]
    [InlineData("DELETED", "the certificate is not registered")]
    public async Task Inactive_certificate_is_rejected_and_its_connections_end(string status, string why)
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        string id = running.Register(certificate, Everything, attach: false);
        await using MqttDevice device = new();
        Assert.Equal(MqttClientConnectResultCode.Success, (
            await ConnectAsync(running, device, "pump", certificate, MqttProtocolVersion.V500)).ResultCode);
        Assert.Null(running.Service.UpdateCertificate(id, status == "REVOKED" ? CertificateStatus.Revoked : CertificateStatus.Inactive));
        if (status == "DELETED")
        {
            Assert.Null(running.Service.DeleteCertificate(id, force: true));
        }

        _ = device.PublishAsync("a", Empty);
        Assert.Equal(MqttClientDisconnectReason.NotAuthorized, (await device.DisconnectedAsync()).Reason);
        await using MqttDevice again = new();
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, (
            await ConnectAsync(running, again, "pump", certificate, MqttProtocolVersion.V500)).ResultCode);
        Assert.Contains(why, await running.Log.WaitForAsync("AUTHORIZATION"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_without_a_policy_may_do_nothing()
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        Assert.Null(running.Service.AddCertificate(
            CertificateAuthority.CertificateId(certificate), certificate.ExportCertificatePem(), active: true).Error);
        await using MqttDevice device = new();
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, (
            await ConnectAsync(running, device, "pump", certificate, MqttProtocolVersion.V500)).ResultCode);
        Assert.EndsWith(
            "client/pump: no policy is attached to the certificate", await running.Log.WaitForAsync("AUTHORIZATION"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unrecorded_certificate_is_registered_for_the_thing_it_names_only()
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        await using MqttDevice device = new();
        Assert.Equal(MqttClientConnectResultCode.Success, (
            await ConnectAsync(running, device, "pump", certificate, MqttProtocolVersion.V500)).ResultCode);
        DeviceCertificate known = Assert.Single(running.Service.ListCertificates().Items);
        Assert.Equal((DefaultPolicy.Name, "pump"), (Assert.Single(known.Policies), Assert.Single(known.Things)));

        using X509Certificate2 nameless = certificates.Client("EdgeJobs certificate");
        await using MqttDevice other = new();
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, (
            await ConnectAsync(running, other, "pump", nameless, MqttProtocolVersion.V500)).ResultCode);
    }

    [Theory]
    [InlineData("PersistentConnect", MqttClientConnectResultCode.Success, MqttClientConnectResultCode.NotAuthorized)]
    [InlineData("LastWill", MqttClientConnectResultCode.NotAuthorized, MqttClientConnectResultCode.Success)]
    public async Task Connect_attributes_can_be_conditions(
        string attribute, MqttClientConnectResultCode persistent, MqttClientConnectResultCode will)
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        running.Register(certificate, $$$$"""
            {"Effect":"Allow","Action":"iot:Connect","Resource":"*",
                "Condition":{"ForAllValues:StringEquals":{"iot:ConnectAttributes":["{{{{attribute}}}}"]}}}
            """);
        await using MqttDevice lasting = new();
        Assert.Equal(persistent, (
            await ConnectAsync(
                running, lasting, "pump", certificate, MqttProtocolVersion.V500,
                options => options.WithSessionExpiryInterval(60))).ResultCode);
        await using MqttDevice dying = new();
        Assert.Equal(will, (
            await ConnectAsync(
                running, dying, "pump", certificate, MqttProtocolVersion.V500,
                options => options.WithWillTopic("gone").WithWillPayload(Empty))).ResultCode);
    }

    private Task<RunningBroker> StartAsync() => RunningBroker.StartAsync(certificates.Server, certificates.Authority);

    private async Task<MqttDevice> PumpAsync(RunningBroker running, MqttProtocolVersion version, string statements)
    {
        using X509Certificate2 certificate = certificates.Client("pump");
        running.Register(certificate, statements);
        MqttDevice device = new();
        Assert.Equal(MqttClientConnectResultCode.Success, (await ConnectAsync(running, device, "pump", certificate, version)).ResultCode);
        return device;
    }

    private Task<MqttClientConnectResult> ConnectAsync(
        RunningBroker running, MqttDevice device, string clientId, X509Certificate2 certificate, MqttProtocolVersion version,
        Action<MqttClientOptionsBuilder>? more = null) =>
        device.ConnectAsync(running.Broker.TlsEndPoint!, clientId, version, certificates.Authority, certificate, more);
}
