using System.Text.Json.Serialization;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The source-generated codec of the REST bodies: AWS's camel case, absent members left out, no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(CreateThingBody))]
[JsonSerializable(typeof(ThingCreatedBody))]
[JsonSerializable(typeof(ThingBody))]
[JsonSerializable(typeof(ThingListBody))]
[JsonSerializable(typeof(KeysAndCertificateBody))]
[JsonSerializable(typeof(EndpointBody))]
[JsonSerializable(typeof(CreateJobBody))]
[JsonSerializable(typeof(JobNamedBody))]
[JsonSerializable(typeof(CancelJobBody))]
[JsonSerializable(typeof(DescribeJobBody))]
[JsonSerializable(typeof(JobListBody))]
[JsonSerializable(typeof(JobDocumentBody))]
[JsonSerializable(typeof(DescribeExecutionBody))]
[JsonSerializable(typeof(JobExecutionListBody))]
[JsonSerializable(typeof(ThingExecutionListBody))]
[JsonSerializable(typeof(CancelExecutionBody))]
[JsonSerializable(typeof(GroupCreatedBody))]
[JsonSerializable(typeof(GroupBody))]
[JsonSerializable(typeof(GroupListBody))]
[JsonSerializable(typeof(GroupThingsBody))]
[JsonSerializable(typeof(GroupMemberBody))]
[JsonSerializable(typeof(PendingBody))]
[JsonSerializable(typeof(DeviceExecutionAnswerBody))]
[JsonSerializable(typeof(DeviceUpdateAnswerBody))]
internal sealed partial class RestJson : JsonSerializerContext;
