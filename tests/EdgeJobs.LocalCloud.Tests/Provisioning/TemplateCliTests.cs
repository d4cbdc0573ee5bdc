using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using EdgeJobs.LocalCloud.Tests.Rest;

namespace EdgeJobs.LocalCloud.Tests.Provisioning;

/// <summary>Provisioning templates and claims with the unmodified AWS CLI.</summary>
[Trait("Category", "Integration")]
public sealed class TemplateCliTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string Role = "arn:aws:iam::000000000000:role/provisioning";

    private const string Body = """
        {"Resources":{"certificate":{"Type":"AWS::IoT::Certificate",
            "Properties":{"CertificateId":{"Ref":"AWS::IoT::Certificate::Id"},"Status":"Active"}}}}
        """;

    private readonly AwsCli _aws = fixture.Aws;

    [Fact]
    public async Task Template_create_describe_list_claim_and_delete()
    {
        JsonElement made = await _aws.CallAsync(
            "iot", "create-provisioning-template", "--template-name", "cli", "--description", "for a test", "--enabled",
            "--provisioning-role-arn", Role, "--template-body", Body);
        Assert.Equal("arn:aws:iot:us-east-1:000000000000:provisioningtemplate/cli", made.GetProperty("templateArn").GetString());
        JsonElement described = await _aws.CallAsync("iot", "describe-provisioning-template", "--template-name", "cli");
        Assert.Equal(("for a test", true, Body), (
            described.GetProperty("description").GetString(), described.GetProperty("enabled").GetBoolean(),
            described.GetProperty("templateBody").GetString()));
        Assert.Equal("FLEET_PROVISIONING", described.GetProperty("type").GetString());
        JsonElement listed = await _aws.CallAsync("iot", "list-provisioning-templates");
        Assert.Contains(listed.GetProperty("templates").EnumerateArray(), t => t.GetProperty("templateName").GetString() == "cli");

        JsonElement claim = await _aws.CallAsync("iot", "create-provisioning-claim", "--template-name", "cli");
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(
            claim.GetProperty("certificatePem").GetString(), claim.GetProperty("keyPair").GetProperty("PrivateKey").GetString());
        Assert.True(certificate.HasPrivateKey);
        Assert.InRange(certificate.NotAfter.ToUniversalTime() - DateTime.UtcNow, TimeSpan.Zero, TimeSpan.FromMinutes(6));
        Assert.Equal("ACTIVE", (
            await _aws.CallAsync("iot", "describe-certificate", "--certificate-id", claim.GetProperty("certificateId").GetString()!))
            .GetProperty("certificateDescription").GetProperty("status").GetString());

        await _aws.CallAsync("iot", "delete-provisioning-template", "--template-name", "cli");
        Assert.Contains("(ResourceNotFoundException)", await _aws.RejectedAsync(
            "iot", "describe-provisioning-template", "--template-name", "cli"), StringComparison.Ordinal);
        Assert.Contains("(ResourceNotFoundException)", await _aws.RejectedAsync(
            "iot", "create-provisioning-claim", "--template-name", "cli"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bad", "{}", "templateBody is invalid: Resources has no AWS::IoT::Certificate")]
    [InlineData("b,d", Body, "templateName must be 1 to 36 characters")]
    public async Task Invalid_template_is_rejected(string name, string body, string why) => Assert.Contains(
        why,
        await _aws.RejectedAsync(
            "iot", "create-provisioning-template", "--template-name", name, "--provisioning-role-arn", Role, "--template-body", body),
        StringComparison.Ordinal);
}
