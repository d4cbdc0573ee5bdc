using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Storage;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Provisioning;

/// <summary>Fleet provisioning as boards see it.</summary>
public sealed class ProvisioningTests : IDisposable
{
    private const string Csr = "$aws/certificates/create-from-csr/json";
    private const string Keys = "$aws/certificates/create/json";
    private const string Pumps = "$aws/provisioning-templates/pumps/provision/json";

    private const string Template = """
        {
          "Parameters": {
            "SerialNumber": { "Type": "String" }, "Site": { "Type": "String", "Default": "north" },
            "AWS::IoT::Certificate::Id": { "Type": "String" } },
          "Resources": {
            "thing": {
              "Type": "AWS::IoT::Thing",
              "Properties": {
                "ThingName": { "Fn::Join": ["-", ["pump", { "Ref": "SerialNumber" }]] },
                "AttributePayload": { "site": { "Ref": "Site" }, "serial": { "Ref": "SerialNumber" } },
                "ThingGroups": ["pumps"]
              },
              "OverrideSettings": { "AttributePayload": "MERGE" }
            },
            "certificate": {
              "Type": "AWS::IoT::Certificate",
              "Properties": { "CertificateId": { "Ref": "AWS::IoT::Certificate::Id" }, "Status": "Active" } },
            "policy": { "Type": "AWS::IoT::Policy", "Properties": { "PolicyName": "pump-policy" } }
          },
          "DeviceConfiguration": { "site": { "Ref": "Site" }, "url": "https://example.com" }
        }
        """;

    private readonly TestDirectory _directory = new();
    private readonly Cloud _cloud = new();
    private readonly CertificateAuthority _authority;

    public ProvisioningTests()
    {
        _authority = CertificateAuthority.LoadOrCreate(_directory["pki"], _cloud.Clock);
        Assert.Null(_cloud.Service.CreatePolicy("pump-policy", DefaultPolicy.Json).Error);
        Assert.Null(_cloud.Service.CreateThingGroup("pumps").Error);
        Assert.Null(_cloud.Service.CreateTemplate("pumps", null, Template, isEnabled: true).Error);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _cloud.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Board_with_its_own_key_is_registered()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CreateCertificateFromCsrResponse made = Certified(RequestOf(key));
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(made.CertificatePem);
        Assert.True(_authority.HasIssued(certificate));
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), certificate.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal("CN=board", certificate.Subject);
        Assert.Equal(CertificateAuthority.CertificateId(certificate), made.CertificateId);
        Assert.Equal(CertificateStatus.PendingActivation, Certificate(made.CertificateId).Status);

        RegisterThingResponse thing = Registered(made.CertificateOwnershipToken);
        Assert.Equal("pump-7", thing.ThingName);
        Assert.Equal(new ValueMap<string>([new("site", "north"), new("url", "https://example.com")]), thing.DeviceConfiguration);
        DeviceCertificate active = Certificate(made.CertificateId);
        Assert.Equal(CertificateStatus.Active, active.Status);
        Assert.Equal(["pump-policy"], active.Policies);
        Assert.Equal(["pump-7"], active.Things);
        Assert.Equal(
            new ValueMap<string>([new("site", "north"), new("serial", "7")]), _cloud.Service.DescribeThing("pump-7").Value!.Attributes);
        Assert.Equal(["pump-7"], _cloud.Service.DescribeThingGroup("pumps").Value!.Members);
    }

    [Fact]
    public void Board_can_receive_a_key()
    {
        Assert.True(CreateKeysAndCertificateResponse.TryRead(Accepted(Keys, "{}"), out CreateKeysAndCertificateResponse? made, out _));
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(made.CertificatePem, made.PrivateKey);
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal("pump-7", Registered(made.CertificateOwnershipToken).ThingName);
    }

    [Fact]
    public void Token_is_valid_once_and_for_an_hour()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string token = Certified(RequestOf(key)).CertificateOwnershipToken;
        Registered(token);
        Assert.Equal((400, "InvalidCertificateOwnershipToken"), RejectionOf(Register(token)));

        CreateCertificateFromCsrResponse late = Certified(RequestOf(key));
        _cloud.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal((400, "InvalidCertificateOwnershipToken"), RejectionOf(Register(late.CertificateOwnershipToken)));
        Assert.Equal((400, "InvalidCertificateOwnershipToken"), RejectionOf(Register("guessed")));
        Assert.Equal((400, "InvalidCertificateOwnershipToken"), RejectionOf("{}"));

        // The next request deletes the certificate.
        Certified(RequestOf(key));
        Assert.NotNull(_cloud.Service.DescribeCertificate(late.CertificateId).Error);
    }

    [Fact]
    public void Rejection_changes_nothing_and_the_token_stays_valid()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string token = Certified(RequestOf(key)).CertificateOwnershipToken;
        Assert.Equal(
            (400, "InvalidParameters"), RejectionOf($$$"""{"certificateOwnershipToken":"{{{token}}}","parameters":{"Site":"x"}}"""));
        Assert.Equal((404, "ResourceNotFound"), RejectionOf(Register(token), "$aws/provisioning-templates/other/provision/json"));

        // The group is deleted: the thing is not created either.
        Assert.Null(_cloud.Service.DeleteThingGroup("pumps"));
        Assert.Equal((400, "InvalidParameters"), RejectionOf(Register(token)));
        Assert.NotNull(_cloud.Service.DescribeThing("pump-7").Error);
        Assert.Null(_cloud.Service.CreateThingGroup("pumps").Error);
        Assert.Equal("pump-7", Registered(token).ThingName);
    }

    [Fact]
    public void Existing_thing_is_provisioned_again()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(_cloud.Service.CreateThing("pump-7", null, new ValueMap<string>([new("site", "south"), new("color", "red")])).Error);
        Registered(Certified(RequestOf(key)).CertificateOwnershipToken);
        Assert.Equal(
            new ValueMap<string>([new("color", "red"), new("site", "north"), new("serial", "7")]),
            _cloud.Service.DescribeThing("pump-7").Value!.Attributes);
    }

    [Fact]
    public void Certificate_request_must_be_signed_by_a_strong_key()
    {
        using RSA strong = RSA.Create(2048);
        using RSA weak = RSA.Create(1024);
        Certified(
            new CertificateRequest("CN=board", strong, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem());
        Assert.Equal((400, "InvalidCsr"), RejectionOf(
            Ask(new CertificateRequest("CN=board", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem()),
            Csr));
        Assert.Equal((400, "InvalidCsr"), RejectionOf(Ask("no request"), Csr));
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] der = new CertificateRequest("CN=board", key, HashAlgorithmName.SHA256).CreateSigningRequest();
        der[^1] ^= 1;
        Assert.Equal((400, "InvalidCsr"), RejectionOf(Ask(PemEncoding.WriteString("CERTIFICATE REQUEST", der)), Csr));
        Assert.Equal((400, "InvalidParameters"), RejectionOf("{}", Csr));
        Assert.Equal((400, "InvalidParameters"), RejectionOf("[]", Keys));
    }

    [Fact]
    public void Templates_and_tokens_survive_a_restart()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string file = _directory["cloud.db"];
        string token;
        using (SqliteJobStore store = SqliteJobStore.Open(file))
        using (Cloud first = new(store, clock: _cloud.Clock))
        {
            Assert.Null(first.Service.CreatePolicy("pump-policy", DefaultPolicy.Json).Error);
            Assert.Null(first.Service.CreateThingGroup("pumps").Error);
            Assert.Null(first.Service.CreateTemplate("pumps", "for pumps", Template, isEnabled: true).Error);
            Assert.Null(first.Service.CreateTemplate("gone", null, Template, isEnabled: false).Error);
            Assert.Null(first.Service.DeleteTemplate("gone"));
            byte[] payload = Accepted(Csr, Ask(RequestOf(key)), first);
            Assert.True(CreateCertificateFromCsrResponse.TryRead(payload, out CreateCertificateFromCsrResponse? made, out _));
            token = made.CertificateOwnershipToken;
        }

        // The file does not contain the token.
        Assert.DoesNotContain(token, Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal);
        using SqliteJobStore again = SqliteJobStore.Open(file);
        using Cloud second = new(again, clock: _cloud.Clock);
        Assert.Equal(["pumps"], second.Service.ListTemplates().Items.Select(t => t.Name));
        Assert.Equal(("for pumps", Template), (
            second.Service.DescribeTemplate("pumps").Value!.Description, second.Service.DescribeTemplate("pumps").Value!.Json));
        Accepted(Pumps, Register(token), second);
    }

    [Theory]
    [InlineData("", "it is not valid JSON (line 1, byte 1)")]
    [InlineData("[]", "the template must be an object")]
    [InlineData("{}", "Resources has no AWS::IoT::Certificate")]
    [InlineData("""{"Mappings":{}}""", "Mappings is not supported by the local cloud")]
    [InlineData("""{"Resources":{"x":{}}}""", "Resources.x has no Type")]
    [InlineData("""{"Resources":{"x":{"Type":"AWS::IoT::Thing"}}}""", "Resources.x has no Properties")]
    [InlineData("""{"Resources":{"x":{"Type":"AWS::IoT::Thing","Properties":{}}}}""", "Resources.x.Properties has no ThingName")]
    [InlineData(
        """{"Resources":{"x":{"Type":"AWS::S3::Bucket","Properties":{}}}}""", "Resources.x has the unsupported type AWS::S3::Bucket")]
    [InlineData(
        """{"Resources":{"x":{"Type":"AWS::IoT::Policy","Properties":{}}}}""", "Resources.x must have either PolicyName or PolicyDocument")]
    [InlineData(
        """{"Resources":{"x":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":{"Ref":"No"}}}}}""",
        "Resources.x.Properties.ThingName refers to the parameter No")]
    [InlineData(
        """{"Resources":{"x":{"Type":"AWS::IoT::Thing","Properties":{"ThingName":{"Fn::Sub":"a"}}}}}""",
        "Resources.x.Properties.ThingName must be a string")]
    public void Invalid_template_is_rejected_with_the_reason(string json, string fault)
    {
        ServiceError error = _cloud.Service.CreateTemplate("bad", null, json, isEnabled: true).Error!;
        Assert.StartsWith("templateBody is invalid: " + fault, error.Message, StringComparison.Ordinal);
    }

    private static string RequestOf(ECDsa key) =>
        new CertificateRequest("CN=board", key, HashAlgorithmName.SHA256).CreateSigningRequestPem();

    private static string Ask(string request) =>
        $$"""{"certificateSigningRequest":{{System.Text.Json.JsonSerializer.Serialize(request)}}}""";

    private static string Register(string token) => $$$"""{"certificateOwnershipToken":"{{{token}}}","parameters":{"SerialNumber":"7"}}""";

    private DeviceCertificate Certificate(string id) => _cloud.Service.DescribeCertificate(id).Value!;

    private CreateCertificateFromCsrResponse Certified(string request)
    {
        Assert.True(
            CreateCertificateFromCsrResponse.TryRead(Accepted(Csr, Ask(request)), out CreateCertificateFromCsrResponse? made, out _));
        return made;
    }

    private RegisterThingResponse Registered(string token)
    {
        Assert.True(RegisterThingResponse.TryRead(Accepted(Pumps, Register(token)), out RegisterThingResponse? thing, out _));
        return thing;
    }

    private byte[] Accepted(string topic, string payload, Cloud? cloud = null)
    {
        DeviceMessage response = Send(topic, payload, cloud ?? _cloud);
        Assert.True(response.Topic == topic + "/accepted", Encoding.UTF8.GetString(response.Payload.Span));
        return response.Payload.ToArray();
    }

    private (int, string) RejectionOf(string payload, string topic = Pumps)
    {
        DeviceMessage response = Send(topic, payload, _cloud);
        Assert.Equal(topic + "/rejected", response.Topic);
        Assert.True(ProvisioningRejectedResponse.TryRead(response.Payload, out ProvisioningRejectedResponse? rejected, out _));
        Assert.NotEmpty(rejected.ErrorMessage!);
        return (rejected.StatusCode!.Value, rejected.ErrorCode!);
    }

    private DeviceMessage Send(string topic, string payload, Cloud cloud)
    {
        Assert.True(ProvisioningApi.Handles(topic));
        OneAnswer gateway = new();
        new ProvisioningApi(cloud.Service, _authority).HandleRequest(gateway, "board", topic, Encoding.UTF8.GetBytes(payload));
        return Assert.Single(gateway.Responses);
    }

    private sealed class OneAnswer : IDeviceGateway
    {
        public List<DeviceMessage> Responses { get; } = [];

        public void Reply(string clientId, DeviceMessage message) => Responses.Add(message);

        public void Publish(DeviceMessage message) => throw new InvalidOperationException("there are no notifications");
    }
}
