using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Tests.Rest;

public sealed class PlaneTests
{
    [Theory]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/iot-jobs-data/aws4_request, SignedHeaders=host, Signature=0", "Data")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a/b/20260101/us-east-1/iot-jobs-data/aws4_request,SignedHeaders=host", "Data")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/iot/aws4_request, SignedHeaders=host", "Control")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host", "Control")]
    [InlineData("Credential=", "Control")]
    [InlineData("Credential=x", "Control")]
    [InlineData("Bearer iot-jobs-data", "Control")]
    [InlineData("", "Control")]
    [InlineData(null, "Control")]
    public void Only_the_credential_scope_of_iot_jobs_data_selects_the_data_plane(string? authorization, string plane) =>
        Assert.Equal(plane, PlaneSelector.Select(authorization).ToString());

    [Theory]
    [InlineData("arn:aws:iot:us-east-1:000000000000:thing/pump-7", "thing/pump-7")]
    [InlineData("arn:aws-cn:iot:cn-north-1:123456789012:thing/a:b", "thing/a:b")]
    [InlineData("arn:aws:iot:::thinggroup/g", "thinggroup/g")]
    public void ARN_of_any_partition_region_and_account_is_parsed(string arn, string resource)
    {
        Assert.True(Arn.TryGetResource(arn, out ReadOnlySpan<char> read));
        Assert.Equal(resource, read.ToString());
    }

    [Theory]
    [InlineData("pump-7")]
    [InlineData("arn:aws:s3:::bucket/thing")]
    [InlineData("arn:aws:iot:us-east-1:000000000000:")]
    [InlineData("arn:aws:iot:us-east-1:000000000000")]
    [InlineData("")]
    public void Text_other_than_an_IoT_ARN_is_rejected(string arn) => Assert.False(Arn.TryGetResource(arn, out _));
}
