using System.Text;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Documents;

/// <summary>Steps of the types healthCheck, reboot and install.</summary>
public sealed class UpdateStepReaderTests
{
    private const string WrongVersion =
        "input.version: must be a version of up to 100 letters, digits and '.', '_', '+', '~', '-', such as 2.1";

    [Fact]
    public void A_health_check_has_defaults()
    {
        StepPlan step = Read("healthCheck", """{ "unit": "pump@1.service", "command": "", "url": "" }""");
        StepAction.HealthCheck check = Assert.IsType<StepAction.HealthCheck>(step.Action);
        Assert.Equal((null, null, "pump@1.service"), (check.Command, check.Url, check.Unit));
        Assert.Equal((3, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(120)), (check.Times, check.Interval, step.Timeout));
        Assert.Equal("health check of the unit pump@1.service", check.Describe());
    }

    [Fact]
    public void All_members_of_a_health_check_are_read()
    {
        StepPlan step = Read(
            "healthCheck",
            """{ "command": "curl,-f,a", "times": "1000", "intervalSeconds": 3600 }""",
            """
            , "timeoutSeconds": 9, "runAsUser": "pump", "environment": { "A": "b" }, "workingDirectory": "/", "successExitCodes": [4]
            """);
        StepAction.HealthCheck check = Assert.IsType<StepAction.HealthCheck>(step.Action);
        Assert.Equal(["curl", "-f", "a"], check.Command);
        Assert.Equal((1000, TimeSpan.FromHours(1), TimeSpan.FromSeconds(9)), (check.Times, check.Interval, step.Timeout));
        Assert.Equal("health check by the command curl", check.Describe());
        StepAction.HealthCheck url = Assert.IsType<StepAction.HealthCheck>(Read("healthCheck", """{ "url": "http://[::1]:1/a" }""").Action);
        Assert.Equal(("http://[::1]:1/a", "health check of a URL"), (url.Url, url.Describe()));
    }

    [Fact]
    public void A_reboot_has_defaults()
    {
        StepPlan step = Read("reboot", "{}", """, "runAsUser": "root", "environment": null """);
        Assert.IsType<StepAction.Reboot>(step.Action);
        Assert.Equal((TimeSpan.FromMinutes(10), "root"), (step.Timeout, step.RunAsUser));
        Assert.Equal("reboot of the board", step.Action.Describe());
        Assert.Equal(TimeSpan.FromHours(1), Read("reboot", "{}", ", \"timeoutSeconds\": 3600").Timeout);
    }

    [Theory]
    [InlineData("{}", "input: a healthCheck needs one of command, url and unit")]
    [InlineData("""{ "command": "true", "unit": "a.service" }""", "input: a healthCheck needs one of command, url and unit")]
    [InlineData("""{ "url": ["https://a/"] }""", "input.url: must be a string, not an array")]
    [InlineData("""{ "url": "a/b" }""", "input.url: begins with neither https:// nor http://")]
    [InlineData("""{ "unit": "pump" }""", "input.unit: must be the name of a systemd unit, such as pump.service")]
    [InlineData("""{ "unit": "--help.x" }""", "input.unit: must be the name of a systemd unit, such as pump.service")]
    [InlineData("""{ "unit": "a b.service" }""", "input.unit: must be the name of a systemd unit, such as pump.service")]
    [InlineData(
        """{ "command": "a b" }""",
        "input.command: the program 'a …' contains a space; separate the arguments with commas: \"ls,-l,/tmp\"")]
    [InlineData("""{ "command": "true", "times": 0 }""", "input.times: must be 1 to 1000")]
    [InlineData(
        """{ "command": "true", "time": 1 }""",
        "input.time: a healthCheck has no such member; its members are command, url, unit, times, intervalSeconds")]
    public void A_health_check_that_is_wrong_says_where_and_why(string input, string fault) =>
        Assert.Equal($"invalid job document: steps[0].action.{fault}", Result("healthCheck", input, "").Reason);

    [Theory]
    [InlineData(
        "healthCheck",
        """{ "unit": "a.service" }""",
        "\"runAsUser\": \"pump\"", "runAsUser: a healthCheck runs no program; remove it")]
    [InlineData("healthCheck", """{ "command": "true" }""", "\"allowStdErr\": 1", "allowStdErr: a healthCheck counts no lines; remove it")]
    [InlineData("reboot", """{ "now": true }""", "\"retry\": null", "input.now: a reboot has no such member; it has none")]
    [InlineData(
        "reboot",
        "{}",
        "\"onInterruption\": \"skip\"",
        "onInterruption: a reboot always continues when the board is back; remove it")]
    [InlineData("reboot", "{}", "\"environment\": {}", "environment: a reboot runs no program of the document; remove it")]
    public void A_member_without_effect_is_refused(string type, string input, string member, string fault) =>
        Assert.Equal($"invalid job document: steps[0].action.{fault}", Result(type, input, ", " + member).Reason);

    [Fact]
    public void All_members_of_an_installation_are_read()
    {
        StepPlan step = Read(
            "install",
            $$"""
            {
              "archive": "/a/b.tar", "directory": "/opt/pump", "version": "2.1~rc1+b_3-1", "sequence": "5000000000",
              "units": ["pump@1.service", "web.socket"], "sha256": "{{new string('A', 64)}}", "signature": "AAAA",
              "signatureAlgorithm": "rsa-pss-sha384",
              "before": ["./stop", ""], "after": ["./start"]
            }
            """);
        StepAction.Install install = Assert.IsType<StepAction.Install>(step.Action);
        Assert.Equal(("/a/b.tar", "/opt/pump", "2.1~rc1+b_3-1"), (install.Archive, install.Directory, install.Version));
        Assert.Equal((new string('a', 64), new FileSignature("AAAA", "rsa-pss-sha384")), (install.Sha256, install.Signature));
        Assert.Equal(5_000_000_000, install.Sequence);
        Assert.Equal(["pump@1.service", "web.socket"], install.Units);
        Assert.Equal(["./stop", ""], install.Before);
        Assert.Equal(["./start"], install.After);
        Assert.Equal(TimeSpan.FromMinutes(30), step.Timeout);
        Assert.Equal("installation of /opt/pump/2.1~rc1+b_3-1", install.Describe());

        step = Read("install", Install(), """, "timeoutSeconds": 5, "ignoreStepFailure": true """);
        install = Assert.IsType<StepAction.Install>(step.Action);
        Assert.Equal((null, null, null), (install.Sha256, install.Signature, install.Sequence));
        Assert.Equal((0, 0, 0), (install.Units.Count, install.Before.Count, install.After.Count));
        Assert.Equal(TimeSpan.FromSeconds(5), step.Timeout);
    }

    [Theory]
    [InlineData("archive", "null", "input.archive: missing; an install needs the absolute path of the tar archive")]
    [InlineData("archive", "\"a.tar\"", "input.archive: 'a.tar' is not an absolute path; it must start with /")]
    [InlineData("directory", "\"\"", "input.directory: is empty; it must be the absolute path of the directory that gets the version")]
    [InlineData("directory", "\"/opt/pump/\"", "input.directory: '/opt/pump/' ends with '/'; remove it")]
    [InlineData("directory", "\"/opt/../etc\"", "input.directory: '/opt/../etc' has a part that is empty, '.' or '..'; write it without")]
    [InlineData("version", "\"../etc\"", WrongVersion)]
    [InlineData("version", "\".hidden\"", WrongVersion)]
    [InlineData("version", "\"current\"", WrongVersion)]
    [InlineData("version", "\"-rf\"", WrongVersion)]
    [InlineData("sequence", "\"two\"", "input.sequence: must be a whole number from 0, not such a string")]
    [InlineData("units", "[\"pump\"]", "input.units[0]: must be the name of a systemd unit, such as pump.service")]
    [InlineData("units", "[\"poweroff.target\"]", "input.units[0]: 'poweroff.target' is a target or a slice, which stands for other units; name those")]
    [InlineData("units", "[\"system.slice\"]", "input.units[0]: 'system.slice' is a target or a slice, which stands for other units; name those")]
    [InlineData("units", "[\"--now.service\"]", "input.units[0]: must be the name of a systemd unit, such as pump.service")]
    [InlineData("before", "[\"\"]", "input.before: names no program in its first element")]
    [InlineData("sha256", "\"12\"", "input.sha256: must be 64 hexadecimal digits")]
    [InlineData("signature", "\"https://a/b\"", "input.signature: must be the signature in base64; an install requests no URL")]
    [InlineData("signature", "\"%\"", "input.signature: must be the signature in base64, or the URL of a file with it")]
    [InlineData(
        "owner",
        "\"pump\"",
        "input.owner: an install has no such member; its members are archive, directory, version, sequence, package, sha256, "
            + "signature, signatureAlgorithm, units, before, after")]
    public void An_installation_that_is_wrong_says_where_and_why(string member, string value, string fault) =>
        Assert.Equal($"invalid job document: steps[0].action.{fault}", Result("install", Install(member, value), "").Reason);

    [Fact]
    public void All_members_of_the_installation_of_a_package_are_read()
    {
        StepPlan step = Read(
            "install",
            $$"""
            {
              "package": "/a/b.deb", "units": ["pump.service"], "sha256": "{{new string('a', 64)}}", "signature": "AAAA",
              "archive": "", "before": ["./stop"], "after": ["./start"]
            }
            """);
        StepAction.Install install = Assert.IsType<StepAction.Install>(step.Action);
        Assert.Equal(("/a/b.deb", "/a/b.deb"), (install.Package, install.File));
        Assert.Equal((new string('a', 64), new FileSignature("AAAA", "ecdsa-sha256")), (install.Sha256, install.Signature));
        Assert.Equal(["pump.service", "./stop", "./start"], [.. install.Units, .. install.Before, .. install.After]);
        Assert.Equal("installation of the package /a/b.deb", install.Describe());
    }

    [Theory]
    [InlineData("""{ "package": "a.deb" }""", "package: 'a.deb' is not an absolute path; it must start with /")]
    [InlineData(
        """{ "package": "/a.deb", "version": "2.0" }""",
        "version: an install of a package has no version; remove it, or remove package")]
    [InlineData(
        """{ "package": "/a.deb", "archive": "/a.tar" }""",
        "archive: an install of a package has no archive; remove it, or remove package")]
    public void A_package_that_is_wrong_says_where_and_why(string input, string fault) =>
        Assert.Equal($"invalid job document: steps[0].action.input.{fault}", Result("install", input, "").Reason);

    [Theory]
    [InlineData("\"runAsUser\": \"pump\"", "runAsUser: an install runs its programs as the agent's user; remove it")]
    [InlineData("\"onInterruption\": \"skip\"", "onInterruption: an install always runs again; remove it")]
    public void A_member_without_effect_on_an_installation_is_refused(string member, string fault) =>
        Assert.Equal($"invalid job document: steps[0].action.{fault}", Result("install", Install(), ", " + member).Reason);

    [Theory]
    [InlineData("", "rollback of two, rollback of one")]
    [InlineData("\"rollback\": \"\",", "rollback of two, rollback of one")]
    [InlineData("\"rollback\": \"true\",", "rollback of two, rollback of one")]
    [InlineData("\"rollback\": false,", "")]
    public void Rollbacks_follow_the_steps_in_reverse_order(string member, string names)
    {
        JobPlan plan = Assert.IsType<JobPlan>(Job(member, "/opt/b").Plan);
        Assert.Equal(3, plan.Count);
        Assert.Equal(names, string.Join(", ", plan.Steps.Skip(3).Select(s => s.Name)));
        Assert.Equal(names.Length == 0 ? [1, 2, 3] : [1, 2, 3, 3, 1], Enumerable.Range(0, plan.Steps.Count).Select(plan.NumberOf));
    }

    [Fact]
    public void Two_versions_in_one_directory_are_refused()
    {
        const string Fault = "steps: install two versions into /opt/a; use a job for each";
        Assert.Equal($"invalid job document: {Fault}", Job("", "/opt/a").Reason);
        Assert.Equal($"invalid job document: {Fault}", Job("\"rollback\": false,", "/opt/a").Reason);
    }

    private static DocumentResult Job(string member, string second) => JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(
        $$"""
        {
          "version": "1.0", {{member}} "steps": [
            { "action": { "name": "one", "type": "install", "input": {{Install("directory", "\"/opt/a\"")}} } },
            { "action": { "name": "check", "type": "runCommand", "input": { "command": "true" } } },
            { "action": { "name": "two", "type": "install", "input": {{Install("directory", $"\"{second}\"")}} } }
          ]
        }
        """));

    private static string Install(string member = "sha256", string value = "\"\"")
    {
        Dictionary<string, string> members = new()
        {
            ["archive"] = "\"/a.tar\"",
            ["directory"] = "\"/opt/pump\"",
            ["version"] = "\"1.0\"",
            [member] = value,
        };
        return $"{{ {string.Join(", ", members.Select(m => $"\"{m.Key}\": {m.Value}"))} }}";
    }

    private static StepPlan Read(string type, string input, string more = "")
    {
        DocumentResult result = Result(type, input, more);
        Assert.True(result.IsValid, result.Reason);
        return result.Plan.Steps[0];
    }

    private static DocumentResult Result(string type, string input, string more) => JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(
        $$"""{ "version": "1.0", "steps": [{ "action": { "name": "n", "type": "{{type}}", "input": {{input}}{{more}} } }] }"""));
}
