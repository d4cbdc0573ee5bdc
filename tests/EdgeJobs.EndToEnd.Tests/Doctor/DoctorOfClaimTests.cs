using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests.Doctor;

/// <summary><c>edgejobs doctor</c> on a board with a claim certificate, before and after it gets an identity.</summary>
public sealed class DoctorOfClaimTests : IAsyncLifetime
{
    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;


    public async Task InitializeAsync()
    {
        _cloud = await CloudProcess.StartAsync();
        await _cloud.CallAsync(["template", "create", "pumps", "--body", _directory.Write("template.json", PumpTemplate.Body)]);
        await _cloud.CallAsync(["claim", "create", "pumps", "--out", _directory["claim"]]);
    }

    public async Task DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("board")]
    [InlineData("service")]
    public async Task Before_and_after_provisioning(string key)
    {
        string[] flags = [.. Flags(), "--provisioning_key", key];
        Diagnosis before = await Diagnosis.OfAsync(flags);
        before.AssertHealthy();
        Assert.Equal(["subscribe", "subscribe", "new certificate", "provision"], before.Checks.Select(c => c.Name).TakeLast(4));
        Assert.False(Directory.Exists(_directory["agent"]), "the data directory was made");

        ChildResult run = await AgentBinary.X64.RunAsync(["run", .. flags, "--once"]);
        Assert.True(run.ExitCode == 0, run.ToString());
        Diagnosis after = await Diagnosis.OfAsync(flags);
        after.AssertHealthy();
        Assert.Contains("pump-7", after.Checks[0].Message, StringComparison.Ordinal);
        Assert.Equal("start-next", after.Checks[^1].Name);
    }

    [Fact]
    public async Task Claim_for_another_template() =>
        (await Diagnosis.OfAsync(Flags(template: "valves")))
            .AssertFirstFault("subscribe", 4, "allow iot:Subscribe for topicfilter/$aws/provisioning-templates/valves/provision/json/+");

    [Fact]
    public async Task Faults_of_files_and_parameters()
    {
        (await Diagnosis.OfAsync(Flags(certificate: "none.pem")))
            .AssertFirstFault("certificate", 2, _directory["claim/none.pem"], "--claim_cert");
        (await Diagnosis.OfAsync(Flags(parameters: "[]"))).AssertFirstFault("parameters", 2, "[]", "--provisioning_parameters");
        (await Diagnosis.OfAsync(Flags(parameters: """{"SerialNumber":7}"""))).AssertFirstFault("parameters", 2, "SerialNumber");
    }

    private string[] Flags(string template = "pumps", string certificate = "claim.pem", string parameters = """{"SerialNumber":"7"}""") =>
    [
        "--endpoint", $"localhost:{_cloud.Mqtts.Port}", "--ca_file", _cloud.CaFile, "--data_dir", _directory["agent"],
        "--provisioning_template", template, "--provisioning_parameters", parameters,
        "--claim_cert", Path.Combine(_directory["claim"], certificate), "--claim_key", Path.Combine(_directory["claim"], "claim.key"),
    ];
}
