using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

[Collection("environment")]
public sealed class HandlerPolicyTests
{
    private static readonly StepPlan Echo = new() { Name = "echo", Action = new StepAction.RunCommand(["echo", "hello"]), RunAsUser = "nobody" };
    private static readonly StepPlan Install = new() { Name = "i", Action = new StepAction.RunHandler("install.sh", [], "default", true), RunAsUser = "nobody" };

    [Fact]
    public void An_empty_policy_allows_everything_but_root()
    {
        HandlerPolicy policy = new();
        Assert.Null(policy.Check(new JobPlan { Steps = [Echo, Install with { Environment = [new("A", "b")] }] }));
        Assert.Equal(
            "step 2 of 2 'echo': the user root is not allowed on this board; to allow it, add \"root\" to \"users\" in the \"policy\" section of the configuration",
            policy.Check(new JobPlan { Steps = [Echo, Echo with { RunAsUser = "root" }] }));
        Assert.Null((policy with { Users = ["root"] }).Check(Echo with { RunAsUser = "root" }));
    }

    [RootFact]
    public void Where_the_agent_is_root_a_step_without_user_is_root_s()
    {
        Assert.Contains("a step without runAsUser, which would run as root, is not allowed", new HandlerPolicy().Check(Echo with { RunAsUser = null }), StringComparison.Ordinal);
        Assert.Null(new HandlerPolicy { Users = ["root"] }.Check(Echo with { RunAsUser = null }));
    }

    [Fact]
    public void What_is_not_listed_is_denied_with_the_member_to_change()
    {
        Denied("the user nobody", "users", new HandlerPolicy { Users = ["pi"] }.Check(Echo));
        Denied("the operation runCommand", "operations", new HandlerPolicy { Operations = ["runHandler"] }.Check(Echo));
        Denied("the operation runHandler", "operations", new HandlerPolicy { Operations = [] }.Check(Install));
        Denied("the handler install.sh", "handlers", new HandlerPolicy { Handlers = ["reboot.sh"] }.Check(Install));
        Denied("the handler directory /opt/x/", "handlerDirectories", new HandlerPolicy { HandlerDirectories = ["/opt/y"] }.Check(InDirectory("/opt/x/")));
        Denied("the command /bin/rm", "commands", new HandlerPolicy { Commands = ["/bin/ls"] }.CheckCommand("/bin/rm"));
        Denied("the variable LD_PRELOAD", "environment", new HandlerPolicy { Commands = ["/bin/ls"] }.Check(Echo with { Environment = [new("LD_PRELOAD", "x")] }));
        Denied("the variable B", "environment", new HandlerPolicy { Environment = ["A"] }.Check(Echo with { Environment = [new("A", "1"), new("B", "2")] }));
        Assert.Null(new HandlerPolicy { HandlerDirectories = ["/opt/y"] }.Check(InDirectory("/opt/y/")));
        Assert.Null(new HandlerPolicy { HandlerDirectories = [] }.Check(Install));
        Assert.Null(new HandlerPolicy { Handlers = ["install.sh"], Users = ["nobody"], Operations = ["runHandler"] }.Check(Install));
        Assert.Contains("give its \"path\"", new HandlerPolicy { IsStrict = true }.Check(InDirectory(null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_is_not_allowed_is_not_started()
    {
        using StepRunnerFixture steps = new(with: o => o with { Policy = new HandlerPolicy { Users = ["root"], Commands = ["/no/such/echo"] } });
        string proof = steps.Directory["proof"];
        StepResult result = await steps.CommandAsync(["touch", proof]);
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.EndsWith("touch is not allowed on this board; to allow it, add it to \"commands\" in the \"policy\" section of the configuration", result.Fault, StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public void The_section_of_the_configuration_is_read()
    {
        HandlerPolicy policy = Read("""{ "commands": ["/bin/ls", "/bin/rm"], "users": [], "operations": ["runCommand"], "handlerDirectories": ["/opt/x/"], "strict": true }""")!;
        Assert.Equal(["/bin/ls", "/bin/rm"], policy.Commands);
        Assert.Equal(["/opt/x"], policy.HandlerDirectories);
        Assert.Empty(policy.Users!);
        Assert.Equal(["runCommand"], policy.Operations);
        Assert.Null(policy.Handlers);
        Assert.True(policy.IsStrict);
        Assert.Equal(new HandlerPolicy(), Read("{}"));
    }

    [Theory]
    [InlineData("""{ "comands": [] }""", "policy: there is no member \"comands\"; the members are commands, handlers, handlerDirectories, users, operations, environment and strict")]
    [InlineData("""{ "commands": ["ls"] }""", "policy: \"ls\" in commands is no full path; begin it with /")]
    [InlineData("""{ "users": "pi" }""", "policy: users must be an array of strings, none of them empty")]
    [InlineData("""{ "users": [""] }""", "policy: users must be an array of strings, none of them empty")]
    [InlineData("""{ "strict": "maybe" }""", "policy: strict takes true or false")]
    [InlineData("\"no\"", "policy: must be an object in the configuration file, such as { \"users\": [\"pi\"] }")]
    public void A_section_that_can_t_be_used_is_named(string section, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Read(section)).Message);

    private static StepPlan InDirectory(string? path) => Install with { Action = new StepAction.RunHandler("install.sh", [], path, true) };

    private static void Denied(string what, string member, string? reason) =>
        Assert.Equal($"{what} is not allowed on this board; to allow it, add it to \"{member}\" in the \"policy\" section of the configuration", reason);

    private static HandlerPolicy? Read(string section)
    {
        using TestDirectory directory = new();
        string file = directory.Write("config.json", $$"""{ "endpoint": "e", "cert": "c", "key": "k", "thing_name": "t", "policy": {{section}} }""");
        return SettingsReader.ReadRun(["--config", file]).Policy;
    }
}
