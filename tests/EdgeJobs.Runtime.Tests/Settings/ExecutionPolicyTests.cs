using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Settings;

[Collection("environment")]
public sealed class ExecutionPolicyTests
{
    private const uint Root = 0;
    private const uint Service = 1;
    private static readonly StepPlan Echo = new()
    {
        Name = "echo",
        Action = new StepAction.RunCommand(["echo", "hello"]),
        RunAsUser = "nobody"
    };
    private static readonly StepPlan Install = new()
    {
        Name = "i",
        Action = new StepAction.RunHandler("install.sh", [], "default", true),
        RunAsUser = "nobody"
    };

    [Fact]
    public void An_empty_policy_allows_everything_except_root()
    {
        ExecutionPolicy policy = new();
        Assert.Null(CheckJob(policy, Echo, Install with { Environment = [new("A", "b")] }));
        Assert.Equal(
            "step 2 of 2 'echo': the user root is not allowed on this board; to allow it, add \"root\" to \"users\" in the \"policy\" section of the configuration",
            CheckJob(policy, Echo, Echo with { RunAsUser = "root" }));
        Assert.Null(Check(policy with { Users = ["root"] }, Echo with { RunAsUser = "root" }));
        Assert.Equal(
            "the user ghost does not exist on this board, and the \"policy\" section of the configuration allows only users that exist; create it",
            Check(policy, Echo with { RunAsUser = "ghost" }));
    }

    [Fact]
    public void A_step_that_runs_as_a_root_agent_is_denied_with_the_member_to_change()
    {
        Denied("a step without runAsUser, which would run as root,", "users", Check(new(), Echo with { RunAsUser = null }, Root),
            "\"root\"");
        Denied("the handler install.sh, which would run as the agent's user, root,", "users",
            Check(new() { Users = ["nobody"] }, Install, Root), "\"root\"");
        StepPlan led = new() { Name = "led", Action = new StepAction.RunOperation(new NoWork("set-led")) };
        Denied("operation set-led, which would run as the agent's user, root,", "users", Check(new(), led, Root), "\"root\"");
        Assert.Null(Check(new ExecutionPolicy { Users = ["root", "nobody"] }, Install, Root));
        Assert.Null(Check(new ExecutionPolicy(), led));
    }

    [Fact]
    public void A_second_name_of_root_is_root()
    {
        LocalUser toor = new("toor", 0, 0, "/root", "/bin/sh");
        StepPlan step = Echo with { RunAsUser = "toor" };
        Denied("the user toor", "users", new ExecutionPolicy { Users = ["toor"] }.Check(step, toor, Service), "\"root\"");
        Assert.Null(new ExecutionPolicy { Users = ["root"] }.Check(step, toor, Service));
        Denied("the user root", "users", new ExecutionPolicy { Users = ["toor"] }.Check(Echo with { RunAsUser = "root" }, null, Service),
            "\"root\"");
    }

    [Fact]
    public void Entries_that_are_not_listed_are_denied_with_the_member_to_change()
    {
        Denied("the user nobody", "users", Check(new ExecutionPolicy { Users = ["pi"] }, Echo));
        Denied("the operation runCommand", "operations", Check(new ExecutionPolicy { Operations = ["runHandler"] }, Echo));
        Denied("the operation runHandler", "operations", Check(new ExecutionPolicy { Operations = [] }, Install));
        Denied("the handler install.sh", "handlers", Check(new ExecutionPolicy { Handlers = ["reboot.sh"] }, Install));
        Denied("the handler directory /opt/x/", "handlerDirectories",
            Check(new ExecutionPolicy { HandlerDirectories = ["/opt/y"] }, InDirectory("/opt/x/")));
        Denied("the handler directory /opt/x", "handlerDirectories",
            Check(new ExecutionPolicy { Handlers = ["install.sh"] }, InDirectory("/opt/x")));
        Denied("the handler directory /", "handlerDirectories",
            Check(new ExecutionPolicy { HandlerDirectories = ["/opt"] }, InDirectory("/")));
        Denied("the command /bin/rm", "commands", new ExecutionPolicy { Commands = ["/bin/ls"] }.CheckCommand(Echo, "/bin/rm"));
        Assert.Null(Check(new ExecutionPolicy { HandlerDirectories = ["/opt/y"] }, InDirectory("/opt/y/")));
        Assert.Null(Check(new ExecutionPolicy { HandlerDirectories = [] }, Install));
        Assert.Null(Check(new ExecutionPolicy { Handlers = ["install.sh"], Users = ["nobody"], Operations = ["runHandler"] }, Install));
        foreach (ExecutionPolicy policy in (ExecutionPolicy[])[new() { IsStrict = true }, new() { Commands = [] },
            new() { Handlers = ["install.sh"] }, new() { HandlerDirectories = [] }])
        {
            Assert.Equal(
                "the handler install.sh would be searched in PATH, which \"policy\" in the configuration does not allow; set its \"path\" in the document",
                Check(policy, InDirectory(null)));
        }
    }

    [Fact]
    public void Variables_must_be_listed_if_the_policy_restricts_programs()
    {
        StepPlan step = Echo with { Environment = [new("A", "1"), new("LD_PRELOAD", "x")] };
        foreach (ExecutionPolicy policy in (ExecutionPolicy[])[new() { IsStrict = true }, new() { Commands = [] }, new() { Handlers = [] },
            new() { HandlerDirectories = [] }])
        {
            Denied("the variable A", "environment", Check(policy, step));
            Denied("the variable LD_PRELOAD", "environment", Check(policy with { Environment = ["A"] }, step));
            Assert.Null(Check(policy with { Environment = ["LD_PRELOAD", "A"] }, step));
            Assert.Null(Check(policy, Echo));
        }

        Denied("the variable LD_PRELOAD", "environment", Check(new ExecutionPolicy { Environment = ["A"] }, step));
        Assert.Null(Check(new ExecutionPolicy { Users = ["nobody"] }, step));
    }

    [Fact]
    public void The_program_of_a_later_step_is_checked_before_the_first_step()
    {
        using TestDirectory board = new();
        Directory.CreateDirectory(board["a"]);
        string tool = board.Write("a/tool", "#!/bin/sh\n");
        string searchPath = $"a:{board["none"]}:{board["a"]}:{board["b"]}";
        ExecutionPolicy policy = new() { Commands = [board["none/echo"], board["b/tool"], board["a/new"]] };
        StepPlan Step(string program) => new() { Name = "t", Action = new StepAction.RunCommand([program]), WorkingDirectory = board["b"] };
        string? Plan(params StepPlan[] steps) => policy.Check(new JobPlan { Steps = steps }, searchPath, board.Path, Service);

        // An earlier step may install a listed program; a program that is listed at none of its possible paths is denied at once.
        Assert.Null(Plan(Step(board["none/echo"]), Step("new"), Step("tool")));
        Denied("step 2 of 2 't': the command gone", "commands", Plan(Step("new"), Step("gone")));
        Denied("step 1 of 1 't': the command ./new", "commands", Plan(Step("./new")));

        // Now the program exists, but not in the directory that is listed.
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Denied($"step 1 of 1 't': the command {tool}", "commands", Plan(Step("tool")));
        Denied($"step 1 of 1 't': the command {tool}", "commands", Plan(Step("a/tool") with { WorkingDirectory = board.Path }));
    }

    [Fact]
    public async Task A_step_that_is_not_allowed_is_not_started()
    {
        using StepRunnerFixture steps = new(with: o => o with
        {
            Policy = new ExecutionPolicy
            {
                Users = ["root"],
                Commands = ["/no/such/echo"]
            }
        });
        string proof = steps.Directory["proof"];
        StepResult result = await steps.CommandAsync(["touch", proof]);
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.EndsWith("touch is not allowed on this board; to allow it, add it to \"commands\" in the \"policy\" section of the configuration", result.Fault, StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
    }

    [Theory]
    [InlineData("{}", "/opt/f", null)]
    [InlineData("""{ "operations": ["runCommand"] }""", "/opt/f", "operations")]
    [InlineData("""{ "operations": ["download"] }""", "/opt/f", null)]
    [InlineData("""{ "strict": true }""", "/opt/f", "targetRoots")]
    [InlineData("""{ "commands": ["/bin/ls"] }""", "/opt/f", "targetRoots")]
    [InlineData("""{ "handlers": [] }""", "/opt/f", "targetRoots")]
    [InlineData("""{ "targetRoots": [] }""", "/opt/f", "targetRoots")]
    [InlineData("""{ "targetRoots": ["/"] }""", "/opt/f", null)]
    [InlineData("""{ "targetRoots": ["/srv", "/opt/"] }""", "/opt/a/f", null)]
    [InlineData("""{ "targetRoots": ["/opt"] }""", "/opt", "targetRoots")]
    [InlineData("""{ "targetRoots": ["/opt"] }""", "/optional/f", "targetRoots")]
    [InlineData("""{ "urlHosts": [] }""", "/opt/f", "urlHosts")]
    [InlineData("""{ "urlHosts": ["s3.example.com"] }""", "/opt/f", null)]
    [InlineData("""{ "urlHosts": ["S3.EXAMPLE.COM"] }""", "/opt/f", null)]
    [InlineData("""{ "urlHosts": ["*.example.com"] }""", "/opt/f", null)]
    [InlineData("""{ "urlHosts": ["*.s3.example.com", "example.com", "*.ample.com"] }""", "/opt/f", "urlHosts")]
    public void Downloads_are_restricted_to_targets_and_hosts(string section, string target, string? member)
    {
        StepPlan step = new() { Name = "n", Action = new StepAction.Download(["https://s3.example.com:444/f?x"], target) };
        string? reason = Check(Read(section)!, step);
        bool isExpected = member is null
            ? reason is null
            : reason?.Contains($" to \"{member}\" in the \"policy\"", StringComparison.Ordinal) == true;
        Assert.True(isExpected, reason ?? "allowed");
    }

    [Fact]
    public void An_owner_of_a_download_must_be_an_allowed_user()
    {
        StepAction.Download download = new(["https://a/f"], "/f");
        StepPlan step = new() { Name = "n", Action = download with { Owner = "root" } };
        Denied("the user root", "users", Check(new ExecutionPolicy(), step), "\"root\"");
        string? reason = Check(new ExecutionPolicy(), step with { Action = download }, 0);
        Denied("download of /f, which would run as the agent's user, root,", "users", reason, "\"root\"");
        Assert.Null(Check(new ExecutionPolicy { Users = ["root"] }, step));
    }

    [Theory]
    [InlineData("{}", "https://a/", null)]
    [InlineData("{}", "http://localhost:80/", null)]
    [InlineData("{}", "http://127.0.0.9/", null)]
    [InlineData("{}", "http://[::1]/", null)]
    [InlineData("{}", "http://localhost.example.com/", "allowHttp")]
    [InlineData("{}", "http://10.0.0.1/", "allowHttp")]
    [InlineData("""{ "allowHttp": true }""", "http://10.0.0.1/", null)]
    [InlineData("""{ "urlHosts": ["a"] }""", "http://localhost/", "urlHosts")]
    [InlineData("""{ "urlHosts": ["localhost"] }""", "http://localhost/", null)]
    [InlineData("""{ "operations": ["runCommand"] }""", "https://a/", "operations")]
    [InlineData("""{ "operations": ["healthCheck"], "commands": [] }""", "https://a/", null)]
    public void Health_checks_are_restricted_to_hosts(string section, string url, string? member) =>
        AssertDenied(member, CheckAsRoot(Read(section)!, new StepAction.HealthCheck { Url = url }));

    [Theory]
    [InlineData("{}", "users")]
    [InlineData("""{ "users": ["root"] }""", null)]
    [InlineData("""{ "users": ["root"], "operations": ["healthCheck"] }""", "operations")]
    [InlineData("""{ "users": ["root"], "operations": ["healthCheck", "runCommand"] }""", null)]
    [InlineData("""{ "users": ["root"], "commands": ["/bin/false"] }""", "commands")]
    public void The_command_of_a_health_check_is_restricted_like_others(string section, string? member) =>
        AssertDenied(member, CheckAsRoot(Read(section)!, new StepAction.HealthCheck { Command = ["true"] }));

    [Theory]
    [InlineData("{}", "users")]
    [InlineData("""{ "users": ["root"] }""", null)]
    [InlineData("""{ "users": ["root"], "commands": ["/bin/false"] }""", "operations")]
    [InlineData("""{ "users": ["root"], "strict": true }""", "operations")]
    [InlineData("""{ "users": ["root"], "strict": true, "commands": [], "operations": ["reboot"] }""", null)]
    [InlineData("""{ "users": ["root"], "operations": ["runCommand"] }""", "operations")]
    public void A_reboot_needs_to_be_listed_if_programs_are(string section, string? member) =>
        AssertDenied(member, CheckAsRoot(Read(section)!, new StepAction.Reboot()));

    [Theory]
    [InlineData("{}", "users")]
    [InlineData("""{ "users": ["root"] }""", null)]
    [InlineData("""{ "users": ["root"], "commands": ["/bin/false"] }""", "operations")]
    [InlineData("""{ "users": ["root"], "strict": true }""", "operations")]
    [InlineData("""{ "users": ["root"], "strict": true, "commands": [], "operations": ["updateAgent"] }""", null)]
    [InlineData("""{ "users": ["root"], "operations": ["download"] }""", "operations")]
    [InlineData("""{ "users": ["root"], "targetRoots": [] }""", null)]
    [InlineData("""{ "users": ["root"], "urlHosts": ["b"] }""", "urlHosts")]
    public void Another_agent_needs_to_be_listed_if_programs_are(string section, string? member) =>
        AssertDenied(member, CheckAsRoot(Read(section)!, new StepAction.UpdateAgent("1.4.0", new(["https://a/f"], ""))));

    [Theory]
    [InlineData("""{ "users": ["root"] }""", null)]
    [InlineData("""{ "users": ["root"], "operations": ["install"] }""", "operations")]
    [InlineData("""{ "users": ["root"], "operations": ["install", "runCommand"] }""", null)]
    [InlineData("""{ "users": ["root"], "commands": ["/bin/false"], "targetRoots": ["/opt"] }""", "commands")]
    public void The_programs_of_an_installation_are_restricted_like_commands(string section, string? member)
    {
        StepAction.Install install = new("/a.tar", "/opt/pump", "1");
        AssertDenied(member, CheckAsRoot(Read(section)!, install with { Before = ["true"] }));
        AssertDenied(member, CheckAsRoot(Read(section)!, install with { After = ["true"] }));
    }

    [Theory]
    [InlineData("""{ "users": ["root"] }""", null)]
    [InlineData("""{ "users": ["root"], "units": ["web.service", "pump.service"] }""", null)]
    [InlineData("""{ "users": ["root"], "units": ["pump.service"] }""", "units")]
    [InlineData("""{ "users": ["root"], "units": [] }""", "units")]
    public void The_units_of_an_installation_are_restricted(string section, string? member) => AssertDenied(
        member,
        CheckAsRoot(Read(section)!, new StepAction.Install("/a.tar", "/opt/pump", "1") { Units = ["pump.service", "web.service"] }));

    [Fact]
    public void Another_agent_needs_a_signature_if_downloads_do() => Assert.Equal(
        "step 1 of 1 'n': update of the agent to version 1.4.0 has no signature, which \"requireSignatures\" in the \"policy\" section of the "
            + "configuration demands; add a signature",
        CheckAsRoot(
            Read("""{ "users": ["root"], "requireSignatures": true }""")!,
            new StepAction.UpdateAgent("1.4.0", new(["https://a/f"], ""))));

    [Fact]
    public void A_unit_is_checked_whatever_the_commands() =>
        AssertDenied(null, CheckAsRoot(Read("""{ "commands": [] }""")!, new StepAction.HealthCheck { Unit = "a.service" }));

    [Fact]
    public void The_section_of_the_configuration_is_read()
    {
        ExecutionPolicy policy = Read("""{ "commands": ["/bin/ls", "/bin/rm"], "users": [], "operations": ["runCommand"], "handlerDirectories": ["/opt/x/"], "targetRoots": ["/opt/y/"], "urlHosts": ["h"], "allowHttp": "true", "forbidDowngrades": true, "requireSignatures": true, "strict": true }""")!;
        Assert.Equal(["/bin/ls", "/bin/rm"], policy.Commands);
        Assert.Equal(["/opt/x"], policy.HandlerDirectories);
        Assert.Empty(policy.Users!);
        Assert.Equal(["runCommand"], policy.Operations);
        Assert.Null(policy.Handlers);
        Assert.Equal(["/opt/y"], policy.TargetRoots);
        Assert.Equal(["h"], policy.UrlHosts);
        Assert.True(policy.IsStrict && policy.AllowsHttp && policy.ForbidsDowngrades && policy.RequiresSignatures);
        Assert.Equal(new ExecutionPolicy(), Read("{}"));
    }

    [Theory]
    [InlineData("""{ "comands": [] }""", "policy: unknown member \"comands\"; the members are commands, handlers, handlerDirectories, users, operations, environment, targetRoots, urlHosts, units, allowHttp, forbidDowngrades, requireSignatures and strict")]
    [InlineData("""{ "commands": ["ls"] }""", "policy: \"ls\" in commands is not an absolute path; start it with /")]
    [InlineData("""{ "users": "pi" }""", "policy: users must be an array of strings, none of them empty")]
    [InlineData("""{ "users": { "name": "pi" } }""", "policy: users must be an array of strings, none of them empty")]
    [InlineData("""{ "users": [["pi"]] }""", "policy: users must be an array of strings, none of them empty")]
    [InlineData("""{ "users": [""] }""", "policy: users must be an array of strings, none of them empty")]
    [InlineData("""{ "strict": "maybe" }""", "policy: strict must be true or false")]
    [InlineData("""{ "allowHttp": 1 }""", "policy: allowHttp must be true or false")]
    [InlineData("\"no\"", "policy: must be an object in the configuration file, such as { \"users\": [\"pi\"] }")]
    public void A_bad_section_is_rejected(string section, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Read(section)).Message);

    private static StepPlan InDirectory(string? path) => Install with { Action = new StepAction.RunHandler("install.sh", [], path, true) };

    private static string? Check(ExecutionPolicy policy, StepPlan step, uint agent = Service) =>
        policy.Check(step, step.RunAsUser is { } user ? LocalUser.Find(user) : null, agent);

    private static string? CheckJob(ExecutionPolicy policy, params StepPlan[] steps) =>
        policy.Check(new JobPlan { Steps = steps }, "/bin", "/", Service);

    private static string? CheckAsRoot(ExecutionPolicy policy, StepAction action) =>
        policy.Check(new JobPlan { Steps = [new StepPlan { Name = "n", Action = action }] }, "/bin", "/", Root);

    private static void AssertDenied(string? member, string? reason)
    {
        bool isExpected = member is null ? reason is null : reason?.Contains($"\"{member}\"", StringComparison.Ordinal) == true;
        Assert.True(isExpected, reason ?? "allowed");
    }

    private static void Denied(string what, string member, string? reason, string entry = "it") =>
        Assert.Equal($"{what} is not allowed on this board; to allow it, add {entry} to \"{member}\" in the \"policy\" section of the configuration", reason);

    private static ExecutionPolicy? Read(string section)
    {
        using TestDirectory directory = new();
        string file = directory.Write("config.json",
            $$"""{ "endpoint": "e", "cert": "c", "key": "k", "thing_name": "t", "policy": {{section}} }""");
        return SettingsReader.ReadRun(["--config", file]).Policy;
    }

    private sealed class NoWork(string operation) : JobWork(operation)
    {
        internal override Task<JobResult> RunAsync(JobContext context, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("not to be called");
    }
}
