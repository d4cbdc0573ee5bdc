using System.Text.Json;

namespace EdgeJobs.LocalCloud.Tests.Rest;

/// <summary>The unmodified AWS CLI against a running cloud.</summary>
[Trait("Category", "Integration")]
public sealed class AwsCliTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string Document = """{"version":"1.0","steps":[]}""";

    private readonly AwsCli _aws = fixture.Aws;

    [Fact]
    public async Task Job_create_describe_and_cancel()
    {
        JsonElement thing =
            await _aws.CallAsync("iot", "create-thing", "--thing-name", "t1", "--attribute-payload", """{"attributes":{"site":"north"}}""");
        Assert.Equal("arn:aws:iot:us-east-1:000000000000:thing/t1", thing.GetProperty("thingArn").GetString());
        Assert.Equal("t1", thing.GetProperty("thingName").GetString());
        Assert.NotEmpty(thing.GetProperty("thingId").GetString()!);

        JsonElement job = await _aws.CallAsync(
            "iot", "create-job", "--job-id", "j1", "--targets", Thing("t1"), "--document", Document, "--description", "first one");
        Assert.Equal("arn:aws:iot:us-east-1:000000000000:job/j1", job.GetProperty("jobArn").GetString());
        Assert.Equal("j1", job.GetProperty("jobId").GetString());

        JsonElement execution =
            (await _aws.CallAsync("iot", "describe-job-execution", "--job-id", "j1", "--thing-name", "t1")).GetProperty("execution");
        Assert.Equal("QUEUED", execution.GetProperty("status").GetString());
        Assert.Equal(1, execution.GetProperty("executionNumber").GetInt64());
        Assert.Equal(1, execution.GetProperty("versionNumber").GetInt64());
        Assert.Equal(Thing("t1"), execution.GetProperty("thingArn").GetString());
        Assert.True(execution.TryGetProperty("queuedAt", out _));
        Assert.False(execution.TryGetProperty("startedAt", out _));

        JsonElement described = (await _aws.CallAsync("iot", "describe-job", "--job-id", "j1")).GetProperty("job");
        Assert.Equal("IN_PROGRESS", described.GetProperty("status").GetString());
        Assert.Equal("SNAPSHOT", described.GetProperty("targetSelection").GetString());
        Assert.Equal("first one", described.GetProperty("description").GetString());
        Assert.Equal(Thing("t1"), Assert.Single(described.GetProperty("targets").EnumerateArray()).GetString());
        Assert.Equal(1, described.GetProperty("jobProcessDetails").GetProperty("numberOfQueuedThings").GetInt32());

        Assert.Equal(Document, (await _aws.CallAsync("iot", "get-job-document", "--job-id", "j1")).GetProperty("document").GetString());
        Assert.Contains("j1", Names(await _aws.CallAsync("iot", "list-jobs", "--status", "IN_PROGRESS"), "jobs", "jobId"));
        JsonElement ofJob = Assert.Single(
            (await _aws.CallAsync(
                "iot", "list-job-executions-for-job", "--job-id", "j1")).GetProperty("executionSummaries").EnumerateArray());
        Assert.Equal(Thing("t1"), ofJob.GetProperty("thingArn").GetString());
        Assert.Equal("QUEUED", ofJob.GetProperty("jobExecutionSummary").GetProperty("status").GetString());
        Assert.Equal(["j1"], Names(
            await _aws.CallAsync("iot", "list-job-executions-for-thing", "--thing-name", "t1"), "executionSummaries", "jobId"));

        await _aws.CallAsync("iot", "cancel-job", "--job-id", "j1", "--reason-code", "NOT_NEEDED", "--comment", "changed our mind");
        described = (await _aws.CallAsync("iot", "describe-job", "--job-id", "j1")).GetProperty("job");
        Assert.Equal("CANCELED", described.GetProperty("status").GetString());
        Assert.Equal("NOT_NEEDED", described.GetProperty("reasonCode").GetString());
        Assert.Equal("changed our mind", described.GetProperty("comment").GetString());
        execution =
            (await _aws.CallAsync("iot", "describe-job-execution", "--job-id", "j1", "--thing-name", "t1")).GetProperty("execution");
        Assert.Equal("CANCELED", execution.GetProperty("status").GetString());

        await _aws.CallAsync("iot", "delete-job", "--job-id", "j1");
        Assert.Contains(
            "(ResourceNotFoundException)", await _aws.RejectedAsync("iot", "describe-job", "--job-id", "j1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_managed_template_makes_the_document()
    {
        JsonElement listed = await _aws.CallAsync("iot", "list-managed-job-templates");
        Assert.Contains("AWS-Reboot", Names(listed, "managedJobTemplates", "templateName"));
        JsonElement template = await _aws.CallAsync("iot", "describe-managed-job-template", "--template-name", "AWS-Start-Application");
        Assert.Contains("${aws:iot:parameter:services}", template.GetProperty("document").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ["services", "pathToHandler", "runAsUser"],
            template.GetProperty("documentParameters").EnumerateArray().Select(p => p.GetProperty("key").GetString()));

        string arn = template.GetProperty("templateArn").GetString()!;
        await _aws.CallAsync("iot", "create-thing", "--thing-name", "m1");
        string[] create = ["create-job", "--job-id", "m1", "--targets", Thing("m1")];
        await AssertRejectedAsync("InvalidRequestException", [.. create, "--job-template-arn", arn]);
        await AssertRejectedAsync("InvalidRequestException", [.. create, "--job-template-arn", arn, "--document", Document]);
        await AssertRejectedAsync("InvalidRequestException", [.. create, "--document", Document, "--document-parameters", "services=a"]);
        await AssertRejectedAsync(
            "InvalidRequestException", [.. create, "--job-template-arn", arn + ".1", "--document-parameters", "services=a"]);
        await AssertRejectedAsync("ResourceNotFoundException", "describe-managed-job-template", "--template-name", "AWS-Dance");
        await _aws.CallAsync("iot", [.. create, "--job-template-arn", arn, "--document-parameters", "services=nginx"]);
        string document = (await _aws.CallAsync("iot", "get-job-document", "--job-id", "m1")).GetProperty("document").GetString()!;
        Assert.Contains("\"args\": [\"nginx\"]", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Device_runs_its_job_over_https()
    {
        await _aws.CallAsync("iot", "create-thing", "--thing-name", "dev:1");
        await _aws.CallAsync(
            "iot", "create-job", "--job-id", "d1", "--targets", Thing("dev:1"), "--document", Document, "--timeout-config",
            "inProgressTimeoutInMinutes=5");

        JsonElement pending = await _aws.CallAsync("iot-jobs-data", "get-pending-job-executions", "--thing-name", "dev:1");
        Assert.Equal(["d1"], Names(pending, "queuedJobs", "jobId"));
        Assert.Empty(pending.GetProperty("inProgressJobs").EnumerateArray());

        JsonElement next = (await _aws.CallAsync(
            "iot-jobs-data", "describe-job-execution", "--thing-name", "dev:1", "--job-id", "$next")).GetProperty("execution");
        Assert.Equal("QUEUED", next.GetProperty("status").GetString());
        Assert.Equal(Document, next.GetProperty("jobDocument").GetString());

        JsonElement started = (await _aws.CallAsync(
            "iot-jobs-data", "start-next-pending-job-execution", "--thing-name", "dev:1", "--status-details",
            "step=1")).GetProperty("execution");
        Assert.Equal("IN_PROGRESS", started.GetProperty("status").GetString());
        Assert.Equal(2, started.GetProperty("versionNumber").GetInt64());
        Assert.Equal("1", started.GetProperty("statusDetails").GetProperty("step").GetString());
        Assert.InRange(started.GetProperty("approximateSecondsBeforeTimedOut").GetInt64(), 240, 300);

        Assert.Contains(
            "(InvalidStateTransitionException)",
            await _aws.RejectedAsync(
                "iot-jobs-data", "update-job-execution", "--thing-name", "dev:1", "--job-id", "d1", "--status", "SUCCEEDED",
                "--expected-version", "9"),
            StringComparison.Ordinal);
        JsonElement updated = await _aws.CallAsync(
            "iot-jobs-data",
            "update-job-execution",
            "--thing-name", "dev:1", "--job-id", "d1", "--status", "SUCCEEDED", "--expected-version", "2", "--status-details", "note=done",
            "--include-job-execution-state", "--include-job-document");
        Assert.Equal("SUCCEEDED", updated.GetProperty("executionState").GetProperty("status").GetString());
        Assert.Equal(3, updated.GetProperty("executionState").GetProperty("versionNumber").GetInt64());
        Assert.Equal(Document, updated.GetProperty("jobDocument").GetString());

        Assert.Contains(
            "(TerminalStateException)",
            await _aws.RejectedAsync("iot-jobs-data", "describe-job-execution", "--thing-name", "dev:1", "--job-id", "d1"),
            StringComparison.Ordinal);
        JsonElement seen =
            (await _aws.CallAsync("iot", "describe-job-execution", "--thing-name", "dev:1", "--job-id", "d1")).GetProperty("execution");
        Assert.Equal("done", seen.GetProperty("statusDetails").GetProperty("detailsMap").GetProperty("note").GetString());
        Assert.Equal("COMPLETED", (
            await _aws.CallAsync("iot", "describe-job", "--job-id", "d1")).GetProperty("job").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Errors_have_the_names_of_AWS()
    {
        await _aws.CallAsync("iot", "create-thing", "--thing-name", "e1");
        await _aws.CallAsync("iot", "create-job", "--job-id", "e1", "--targets", Thing("e1"), "--document", Document);
        await AssertRejectedAsync(
            "ResourceAlreadyExistsException", "create-job", "--job-id", "e1", "--targets", Thing("e1"), "--document", Document);
        await AssertRejectedAsync(
            "ResourceNotFoundException", "create-job", "--job-id", "e2", "--targets", Thing("nobody"), "--document", Document);
        await AssertRejectedAsync(
            "InvalidRequestException", "create-job", "--job-id", "e2", "--targets", Thing("e1"), "--document", "not json");
        await AssertRejectedAsync("InvalidRequestException", "create-job", "--job-id", "e2", "--targets", Thing("e1"));
        await AssertRejectedAsync("InvalidRequestException", "create-job", "--job-id", "e2", "--targets", "e1", "--document", Document);
        await AssertRejectedAsync("ResourceNotFoundException", "describe-job-execution", "--job-id", "e9", "--thing-name", "e1");
        await AssertRejectedAsync("ResourceNotFoundException", "cancel-job", "--job-id", "e9");
        await AssertRejectedAsync("InvalidStateTransitionException", "delete-job", "--job-id", "e1");
        await AssertRejectedAsync(
            "VersionConflictException", "cancel-job-execution", "--job-id", "e1", "--thing-name", "e1", "--expected-version", "7");
        await AssertRejectedAsync("ResourceNotFoundException", "describe-thing", "--thing-name", "nobody");
    }

    [Fact]
    public async Task Execution_cancel_and_delete()
    {
        await _aws.CallAsync("iot", "create-thing", "--thing-name", "x1");
        await _aws.CallAsync("iot", "create-job", "--job-id", "x1", "--targets", Thing("x1"), "--document", Document);
        await _aws.CallAsync("iot-jobs-data", "start-next-pending-job-execution", "--thing-name", "x1");
        await AssertRejectedAsync("InvalidStateTransitionException", "cancel-job-execution", "--job-id", "x1", "--thing-name", "x1");
        await _aws.CallAsync(
            "iot", "cancel-job-execution", "--job-id", "x1", "--thing-name", "x1", "--force", "--status-details", "why=late");
        JsonElement execution =
            (await _aws.CallAsync("iot", "describe-job-execution", "--job-id", "x1", "--thing-name", "x1")).GetProperty("execution");
        Assert.Equal("CANCELED", execution.GetProperty("status").GetString());
        Assert.Equal("late", execution.GetProperty("statusDetails").GetProperty("detailsMap").GetProperty("why").GetString());
        await _aws.CallAsync("iot", "delete-job-execution", "--job-id", "x1", "--thing-name", "x1", "--execution-number", "1");
        await AssertRejectedAsync("ResourceNotFoundException", "describe-job-execution", "--job-id", "x1", "--thing-name", "x1");
    }

    [Fact]
    public async Task Thing_list_certificates_and_delete()
    {
        await _aws.CallAsync("iot", "create-thing", "--thing-name", "c1");
        await _aws.CallAsync("iot", "create-thing", "--thing-name", "c1");
        await AssertRejectedAsync(
            "ResourceAlreadyExistsException", "create-thing", "--thing-name", "c1", "--attribute-payload", """{"attributes":{"a":"b"}}""");
        Assert.Contains("c1", Names(await _aws.CallAsync("iot", "list-things"), "things", "thingName"));
        Assert.Equal("c1", (await _aws.CallAsync("iot", "describe-thing", "--thing-name", "c1")).GetProperty("thingName").GetString());

        JsonElement keys = await _aws.CallAsync("iot", "create-keys-and-certificate", "--set-as-active");
        string id = keys.GetProperty("certificateId").GetString()!;
        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.EndsWith(":cert/" + id, keys.GetProperty("certificateArn").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", keys.GetProperty("certificatePem").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "-----BEGIN PRIVATE KEY-----", keys.GetProperty("keyPair").GetProperty("PrivateKey").GetString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "-----BEGIN PUBLIC KEY-----", keys.GetProperty("keyPair").GetProperty("PublicKey").GetString(), StringComparison.Ordinal);

        JsonElement endpoint = await _aws.CallAsync("iot", "describe-endpoint", "--endpoint-type", "iot:Data-ATS");
        Assert.Equal($"127.0.0.1:{fixture.Cloud.Mqtts.Port}", endpoint.GetProperty("endpointAddress").GetString());

        await _aws.CallAsync("iot", "delete-thing", "--thing-name", "c1");
        await _aws.CallAsync("iot", "delete-thing", "--thing-name", "c1");
        await AssertRejectedAsync("ResourceNotFoundException", "describe-thing", "--thing-name", "c1");
    }

    [Fact]
    public async Task Policy_and_certificate_lifecycle()
    {
        const string Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":"*"}]}""";
        await _aws.CallAsync("iot", "create-thing", "--thing-name", "q1");
        JsonElement keys = await _aws.CallAsync("iot", "create-keys-and-certificate");
        string id = keys.GetProperty("certificateId").GetString()!, arn = keys.GetProperty("certificateArn").GetString()!;
        Assert.Equal("INACTIVE", (await _aws.CallAsync("iot", "describe-certificate", "--certificate-id", id)).GetProperty(
            "certificateDescription").GetProperty("status").GetString());
        await AssertRejectedAsync("MalformedPolicyException", "create-policy", "--policy-name", "q", "--policy-document", "{}");
        Assert.Equal("1", (
            await _aws.CallAsync(
                "iot", "create-policy", "--policy-name", "q", "--policy-document", Policy)).GetProperty("policyVersionId").GetString());
        await AssertRejectedAsync("ResourceAlreadyExistsException", "create-policy", "--policy-name", "q", "--policy-document", Policy);
        await _aws.CallAsync("iot", "create-policy-version", "--policy-name", "q", "--policy-document", Policy, "--set-as-default");
        Assert.Equal("2", (await _aws.CallAsync("iot", "get-policy", "--policy-name", "q")).GetProperty("defaultVersionId").GetString());

        await _aws.CallAsync("iot", "attach-policy", "--policy-name", "q", "--target", arn);
        await _aws.CallAsync("iot", "attach-thing-principal", "--thing-name", "q1", "--principal", arn);
        Assert.Equal(["q"], Names(await _aws.CallAsync("iot", "list-attached-policies", "--target", arn), "policies", "policyName"));
        Assert.Equal(arn, Assert.Single(
            (await _aws.CallAsync("iot", "list-targets-for-policy", "--policy-name", "q"))
                .GetProperty("targets").EnumerateArray()).GetString());
        Assert.Equal(arn, Assert.Single(
            (await _aws.CallAsync("iot", "list-thing-principals", "--thing-name", "q1"))
                .GetProperty("principals").EnumerateArray()).GetString());
        Assert.Equal("q1", Assert.Single(
            (await _aws.CallAsync("iot", "list-principal-things", "--principal", arn)).GetProperty("things").EnumerateArray()).GetString());
        await AssertRejectedAsync("InvalidRequestException", "delete-thing", "--thing-name", "q1");
        await AssertRejectedAsync("DeleteConflictException", "delete-policy", "--policy-name", "q");

        await _aws.CallAsync("iot", "update-certificate", "--certificate-id", id, "--new-status", "ACTIVE");
        await AssertRejectedAsync("CertificateStateException", "delete-certificate", "--certificate-id", id);
        await _aws.CallAsync("iot", "update-certificate", "--certificate-id", id, "--new-status", "REVOKED");
        await AssertRejectedAsync("DeleteConflictException", "delete-certificate", "--certificate-id", id);
        await _aws.CallAsync("iot", "detach-thing-principal", "--thing-name", "q1", "--principal", arn);
        await _aws.CallAsync("iot", "detach-policy", "--policy-name", "q", "--target", arn);
        await _aws.CallAsync("iot", "delete-certificate", "--certificate-id", id);
        Assert.DoesNotContain(id, Names(await _aws.CallAsync("iot", "list-certificates"), "certificates", "certificateId"));
        await _aws.CallAsync("iot", "delete-policy-version", "--policy-name", "q", "--policy-version-id", "1");
        await _aws.CallAsync("iot", "delete-policy", "--policy-name", "q");
        Assert.DoesNotContain("q", Names(await _aws.CallAsync("iot", "list-policies"), "policies", "policyName"));
    }

    [Fact]
    public async Task Unsupported_operation_is_named()
    {
        string error = await _aws.RejectedAsync(
            "iot", "create-topic-rule", "--rule-name", "r", "--topic-rule-payload", """{"sql":"SELECT 1","actions":[]}""");
        Assert.Contains("POST /rules/r", error, StringComparison.Ordinal);
        Assert.Contains("not part of the local cloud", error, StringComparison.Ordinal);
    }

    private static string Thing(string name) => "arn:aws:iot:us-east-1:000000000000:thing/" + name;

    private static List<string> Names(JsonElement response, string list, string member) =>
        [.. response.GetProperty(list).EnumerateArray().Select(item => item.GetProperty(member).GetString()!)];

    private async Task AssertRejectedAsync(string exception, params string[] arguments) =>
        Assert.Contains($"({exception})", await _aws.RejectedAsync("iot", arguments), StringComparison.Ordinal);
}
