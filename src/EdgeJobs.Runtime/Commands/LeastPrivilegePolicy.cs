using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Commands;

/// <summary>
/// Writes the AWS IoT policy that allows only what a set of operations needs. The topics come from the spec, so that the policy
/// neither lacks one nor has one too many.
/// </summary>
internal sealed class LeastPrivilegePolicy
{
    private readonly ServiceSpec _spec;
    private readonly IReadOnlyList<RequestOperation> _requests;
    private readonly IReadOnlyList<EventOperation> _events;

    /// <summary>Creates the policy for the operations of a client.</summary>
    /// <param name="spec">The spec that declares them.</param>
    /// <param name="requests">The requests that the client sends.</param>
    /// <param name="events">The events that the client sends or receives.</param>
    public LeastPrivilegePolicy(ServiceSpec spec, IReadOnlyList<RequestOperation> requests, IReadOnlyList<EventOperation> events)
    {
        _spec = spec;
        _requests = requests;
        _events = events;
    }

    /// <summary>
    /// The policy of the agent: the four requests of AWS IoT Jobs, and the notification that the head of the queue changed.
    /// </summary>
    public static LeastPrivilegePolicy ForAgent() => new(
        JobsSpec.Instance,
        [
            JobsOperations.GetPendingJobExecutions,
            JobsOperations.StartNextPendingJobExecution,
            JobsOperations.DescribeJobExecution,
            JobsOperations.UpdateJobExecution,
        ],
        [JobsOperations.NextJobExecutionChanged]);

    /// <summary>The policy of the claim certificate: to get a certificate, and to register a thing with it.</summary>
    /// <param name="keyOfService">Whether the service creates the private keys; otherwise the boards do.</param>
    public static LeastPrivilegePolicy ForClaim(bool keyOfService) => new(
        JobsSpec.Instance,
        [keyOfService ? JobsOperations.CreateKeysAndCertificate : JobsOperations.CreateCertificateFromCsr, JobsOperations.RegisterThing],
        []);

    /// <summary>Writes the policy document for the AWS command line.</summary>
    /// <param name="region">Such as <c>eu-central-1</c>.</param>
    /// <param name="account">The 12 digits of the account.</param>
    /// <param name="thingName">The thing, or a policy variable such as <c>${iot:Connection.Thing.ThingName}</c>.</param>
    /// <param name="clientId">The MQTT client id, or a policy variable.</param>
    public string Write(string region, string account, string thingName, string clientId) =>
        Write(region, account, new KeyValuePair<string, string>("thingName", thingName), clientId);

    /// <summary>Writes the policy document of <see cref="ForClaim"/>.</summary>
    /// <param name="region">Such as <c>eu-central-1</c>.</param>
    /// <param name="account">The 12 digits of the account.</param>
    /// <param name="templateName">The provisioning template.</param>
    /// <param name="clientId">The MQTT client id, <c>*</c> for any.</param>
    public string WriteClaim(string region, string account, string templateName, string clientId) =>
        Write(region, account, new KeyValuePair<string, string>("templateName", templateName), clientId);

    private string Write(string region, string account, KeyValuePair<string, string> known, string clientId)
    {
        string arn = $"arn:aws:iot:{region}:{account}:";
        ArrayBufferWriter<byte> buffer = new();
        JsonWriterOptions options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (Utf8JsonWriter writer = new(buffer, options))
        {
            writer.WriteStartObject();
            writer.WriteString("Version", "2012-10-17");
            writer.WriteStartArray("Statement");
            WriteStatement(writer, "iot:Connect", [arn + "client/" + clientId]);
            WriteStatement(writer, "iot:Publish", Resources(arn + "topic/", known, Published(), anyValue: "*"));
            WriteStatement(writer, "iot:Receive", Resources(arn + "topic/", known, Received(), anyValue: "*"));

            // AWS IoT compares a topic filter with the resource as text: the resource has MQTT's wildcard, not the policy's.
            WriteStatement(writer, "iot:Subscribe", Resources(arn + "topicfilter/", known, Subscribed(), anyValue: "+"));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private List<string> Published() => Addresses(r => [_spec.AddressOf(r.RequestChannel)], areSent: true);

    private List<string> Received() => Addresses(Replies, areSent: false);

    private List<string> Subscribed() => Addresses(r => r.ReplyFilters, areSent: false);

    private IReadOnlyList<string> Replies(RequestOperation request) => request.RejectedChannel == 0
        ? [_spec.AddressOf(request.AcceptedChannel)]
        : [_spec.AddressOf(request.AcceptedChannel), _spec.AddressOf(request.RejectedChannel)];

    private List<string> Addresses(Func<RequestOperation, IReadOnlyList<string>> ofRequest, bool areSent)
    {
        List<string> addresses = [];
        foreach (RequestOperation request in _requests)
        {
            addresses.AddRange(ofRequest(request));
        }

        foreach (EventOperation operation in _events)
        {
            if (operation.IsSent == areSent)
            {
                addresses.Add(_spec.AddressOf(operation.Channel));
            }
        }

        return addresses;
    }

    private static List<string> Resources(string prefix, KeyValuePair<string, string> known, List<string> addresses, string anyValue)
    {
        List<string> resources = [];
        foreach (string address in addresses)
        {
            string resource = prefix + Fill(address, known, anyValue);
            if (!resources.Contains(resource))
            {
                resources.Add(resource);
            }
        }

        return resources;
    }

    private static string Fill(string address, KeyValuePair<string, string> known, string anyValue)
    {
        StringBuilder topic = new();
        foreach (string level in address.Split('/'))
        {
            int open = level.IndexOf('{', StringComparison.Ordinal);
            int close = level.IndexOf('}', StringComparison.Ordinal);
            topic.Append(topic.Length == 0 ? "" : "/");
            if (open < 0)
            {
                topic.Append(level);
                continue;
            }

            bool isKnown = level[(open + 1)..close] == known.Key;

            // MQTT's + replaces only whole levels.
            topic.Append(anyValue == "+" && !isKnown ? "+" : level[..open] + (isKnown ? known.Value : anyValue) + level[(close + 1)..]);
        }

        return topic.ToString();
    }

    private static void WriteStatement(Utf8JsonWriter writer, string action, IEnumerable<string> resources)
    {
        writer.WriteStartObject();
        writer.WriteString("Effect", "Allow");
        writer.WriteString("Action", action);
        writer.WriteStartArray("Resource");
        foreach (string resource in resources)
        {
            writer.WriteStringValue(resource);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
