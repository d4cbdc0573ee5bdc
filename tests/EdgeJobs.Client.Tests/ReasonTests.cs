using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Tests;

/// <summary>The message of each reason code that AWS IoT documents contains its hint.</summary>
public sealed class ReasonTests
{
    private static readonly MqttConnectionOptions Options = new() { Host = "h", Port = 8883, ClientId = "pump-7" };

    [Theory]
    [InlineData(0x80, "logs the reason in CloudWatch")]
    [InlineData(0x85, "--client_id")]
    [InlineData(0x86, "iot:Connect for the client id 'pump-7'")]
    [InlineData(0x87, "iot:Connect for the client id 'pump-7'")]
    [InlineData(0x90, "no will")]
    [InlineData(0x97, "one CONNECT per second per client id")]
    [InlineData(0x9B, "no will")]
    [InlineData(0x9D, "describe-endpoint")]
    public void Failures_of_CONNACK(int code, string rule) =>
        AssertMessage("h:8883 refuses CONNECT", code, rule, ReasonCodes.OfConnect((MqttConnectReasonCode)code, null, Options).Message);

    [Theory]
    [InlineData(0x80, "iot:Subscribe for topicfilter/a/+ ")]
    [InlineData(0x87, "iot:Subscribe for topicfilter/a/+ ")]
    [InlineData(0x8F, "at most 7 slashes")]
    [InlineData(0x91, "another request with this packet id")]
    [InlineData(0x97, "50 per connection, 8 per SUBSCRIBE")]
    public void Failures_of_SUBACK(int code, string rule) =>
        AssertMessage("the server refuses the subscription to a/+", code, rule,
        ReasonCodes.OfSubscribe("a/+", (MqttSubscribeReasonCode)code, null).Message);

    [Theory]
    [InlineData(0x80, "logs the reason in CloudWatch")]
    [InlineData(0x87, "iot:Publish for topic/a/b ")]
    [InlineData(0x90, "at most 256 bytes with at most 7 slashes")]
    [InlineData(0x91, "another message with this packet id")]
    [InlineData(0x97, "100 messages and 512 KiB per second")]
    public void Failures_of_PUBACK(int code, string rule) =>
        AssertMessage("the server refuses a message to a/b", code, rule,
        ReasonCodes.OfPublish("a/b", (MqttPubAckReasonCode)code, null).Reason);

    [Theory]
    [InlineData(0x81, "sends no such packet")]
    [InlineData(0x82, "sends no such packet")]
    [InlineData(0x87, "certificate and policy are still attached")]
    [InlineData(0x8B, "")]
    [InlineData(0x8D, "lower --keep_alive")]
    [InlineData(0x8F, "at most 7 slashes")]
    [InlineData(0x90, "at most 7 slashes")]
    [InlineData(0x93, "were unacknowledged")]
    [InlineData(0x94, "sends no such packet")]
    [InlineData(0x97, "50 subscriptions on a connection")]
    [InlineData(0x98, "certificate is still active")]
    [InlineData(0x9B, "sends no such packet")]
    [InlineData(0xA1, "sends no such packet")]
    public void Reasons_of_DISCONNECT(int code, string rule) =>
        AssertMessage("the server closed the connection", code, rule,
        ReasonCodes.OfDisconnect((MqttDisconnectReasonCode)code, null, null, Options));

    [Fact]
    public void A_session_takeover_is_reported_as_such() =>
        Assert.Equal(
            "another client uses the client id 'pump-7': it has connected, and the server has closed this connection (0x8E); give each "
                + "agent its own --client_id",
            ReasonCodes.OfDisconnect(MqttDisconnectReasonCode.SessionTakenOver, null, null, Options));

    [Fact]
    public void Reason_strings_and_unknown_codes_are_reported_verbatim()
    {
        Assert.Equal(
            "the server refuses a message to t: 0x87 NotAuthorized (denied by policy p); on AWS IoT: allow iot:Publish for topic/t in the "
                + "thing's policy",
            ReasonCodes.OfPublish("t", MqttPubAckReasonCode.NotAuthorized, "denied by\r\npolicy p.").Reason);
        Assert.Equal(
            "the server refuses a message to t: 0xFE (unknown code)", ReasonCodes.OfPublish("t", (MqttPubAckReasonCode)0xFE, null).Reason);
        Assert.Equal("the server closed the connection: 0xFE (unknown code)",
            ReasonCodes.OfDisconnect((MqttDisconnectReasonCode)0xFE, null, null, Options));
    }

    [Fact]
    public void Every_code_of_SUBACK_PUBACK_and_DISCONNECT_has_a_message()
    {
        for (int code = 0; code <= 0xFF; code++)
        {
            string begin = $"0x{code:X2} ";
            string subscribe = ReasonCodes.OfSubscribe("f", (MqttSubscribeReasonCode)code, null).Message;
            string publish = ReasonCodes.OfPublish("t", (MqttPubAckReasonCode)code, null).Reason;
            string disconnect = ReasonCodes.OfDisconnect((MqttDisconnectReasonCode)code, null, null, Options);
            Assert.Contains(begin, subscribe, StringComparison.Ordinal);
            Assert.Contains(begin, publish, StringComparison.Ordinal);
            Assert.True(code is 0 or 0x8E || disconnect.Contains(begin, StringComparison.Ordinal), disconnect);
            Assert.All((string[])[subscribe, publish, disconnect], text => Assert.DoesNotMatch(@"0x\w\w \d", text));
        }
    }

    [Fact]
    public void A_reason_string_is_one_short_line_without_control_characters()
    {
        string reason = "a\u001b[2J\u009b\u2028\u202e\n\ud800" + new string('x', 60_000);
        foreach (string text in (string[])[
            ReasonCodes.OfConnect(MqttConnectReasonCode.NotAuthorized, reason, Options).Message,
            ReasonCodes.OfSubscribe("f", MqttSubscribeReasonCode.NotAuthorized, reason).Message,
            ReasonCodes.OfPublish("t", MqttPubAckReasonCode.NotAuthorized, reason).Reason,
            ReasonCodes.OfDisconnect(MqttDisconnectReasonCode.NotAuthorized, reason, null, Options),
            ReasonCodes.OfDisconnect(MqttDisconnectReasonCode.UnspecifiedError, null, new InvalidOperationException(reason), Options)])
        {
            Assert.Equal(text, SafeText.Of(text, 1000));
            Assert.Contains("a\\u001b[2J\\u009b \\u202e \\ud800xxx", text, StringComparison.Ordinal);
        }
    }

    private static void AssertMessage(string what, int code, string rule, string text)
    {
        Assert.StartsWith($"{what}: 0x{code:X2} ", text, StringComparison.Ordinal);
        Assert.Contains(rule, text, StringComparison.Ordinal);
    }
}
