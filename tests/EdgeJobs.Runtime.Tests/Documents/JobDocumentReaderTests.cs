using System.Text;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Documents;

public sealed class JobDocumentReaderTests
{
    [Fact]
    public void Every_field_of_version_1_0_is_read()
    {
        JobPlan plan = Plan(
            """
            {
              "_comment": "passed over", "version": "1.0", "includeStdOut": "true", "conditions": [], "more": { "of": ["it", null] },
              "steps": [
                { "action": { "name": "Stop", "type": "runHandler", "allowStdErr": 3, "ignoreStepFailure": "true", "runAsUser": "pump",
                    "input": { "handler": "stop.sh", "args": ["a", ""], "path": "default" } } },
                { "action": { "name": "Look", "type": "runCommand", "input": { "command": "ls,-l,/tmp" } } } ],
              "finalStep": { "action": { "name": "Reboot", "type": "runHandler", "input": { "handler": "reboot.sh" } } }
            }
            """);
        Assert.True(plan.IncludeStdOut);
        Assert.False(plan.IsLegacy);
        Assert.Equal(["Stop", "Look", "Reboot"], plan.Steps.Select(s => s.Name));
        StepPlan stop = plan.Steps[0];
        StepAction.RunHandler handler = Assert.IsType<StepAction.RunHandler>(stop.Action);
        Assert.Equal(("stop.sh", "default", true), (handler.Handler, handler.Path, handler.PassesUser));
        Assert.Equal(["a", ""], handler.Arguments);
        Assert.Equal((3, true, "pump", false), (stop.AllowStdErr!.Value, stop.IgnoreFailure, stop.RunAsUser!, stop.IsFinal));
        Assert.Equal(["ls", "-l", "/tmp"], Assert.IsType<StepAction.RunCommand>(plan.Steps[1].Action).Arguments);
        Assert.Equal((null, false, null), (plan.Steps[1].AllowStdErr, plan.Steps[1].IgnoreFailure, plan.Steps[1].RunAsUser));
        Assert.True(plan.Steps[2].IsFinal);
        Assert.Null(Assert.IsType<StepAction.RunHandler>(plan.Steps[2].Action).Path);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("\"true\"", true)]
    [InlineData("\"True\"", true)]
    [InlineData("\"false\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    public void A_flag_is_a_boolean_or_a_string(string json, bool value)
    {
        JobPlan plan = Plan(
            $$$$$"""{"version":"1.0","includeStdOut":{{{{{json}}}}},"steps":[{"action":{"name":"n","type":"runCommand","ignoreStepFailure":{{{{{json}}}}},"input":{"command":"a"}}}]}""");
        Assert.Equal((value, value), (plan.IncludeStdOut, plan.Steps[0].IgnoreFailure));
    }

    [Theory]
    [InlineData("""  "echo,Hello World"  """, "echo|Hello World")]
    [InlineData("""  "echo,a\\,b,c"  """, "echo|a,b|c")]
    [InlineData("""  "echo,a\\b,\\\\,c"  """, """echo|a\b|\,c""")]
    [InlineData("""  "echo,,x,"  """, "echo||x|")]
    [InlineData("""  "echo, x "  """, "echo| x ")]
    [InlineData("""  ["echo", "a,b", "", "\\,"]  """, """echo|a,b||\,""")]
    [InlineData("""  ["/opt/my tools/run"]  """, "/opt/my tools/run")]
    public void A_command_is_split_at_commas_or_given_as_an_array(string json, string arguments)
    {
        JobPlan plan = Plan(
            $$$$$"""{"version":"1.0","steps":[{"action":{"name":"n","type":"runCommand","input":{"command":{{{{{json}}}}} }}}]}""");
        Assert.Equal(arguments, string.Join('|', ((StepAction.RunCommand)plan.Steps[0].Action).Arguments));
    }

    [Fact]
    public void An_empty_parameter_of_a_template_is_absent()
    {
        JobPlan plan = Plan(
            """{"version":"1.0","steps":[{"action":{"name":"n","type":"runHandler","runAsUser":"","allowStdErr":"","ignoreStepFailure":"","input":{"handler":"h","path":"","args":null}}}]}""");
        StepAction.RunHandler handler = (StepAction.RunHandler)plan.Steps[0].Action;
        Assert.Equal((null, null, null), (handler.Path, plan.Steps[0].RunAsUser, plan.Steps[0].AllowStdErr));
        Assert.Empty(handler.Arguments);
    }

    [Fact]
    public void The_schema_without_a_version_is_one_handler_without_a_user()
    {
        JobPlan plan = Plan(
            """{"operation":"install-packages.sh","args":["vim","git"],"path":"default","includeStdOut":true,"allowStdErr":5}""");
        StepPlan step = Assert.Single(plan.Steps);
        StepAction.RunHandler handler = Assert.IsType<StepAction.RunHandler>(step.Action);
        Assert.Equal(
            ("install-packages.sh", "install-packages.sh", "default", false),
            (step.Name, handler.Handler, handler.Path, handler.PassesUser));
        Assert.Equal(["vim", "git"], handler.Arguments);
        Assert.Equal((true, true, 5), (plan.IsLegacy, plan.IncludeStdOut, step.AllowStdErr!.Value));
    }

    [Theory]
    [InlineData("", "the job has no document")]
    [InlineData("[]", "the document must be a JSON object")]
    [InlineData("17", "the document must be a JSON object")]
    [InlineData("{", "not valid JSON at line 1, byte 2")]
    [InlineData("{\n \"version\": \"1.0\",\n oops }", "not valid JSON at line 3, byte 2")]
    [InlineData("""{"version":"\ud800"}""", "a string in the document is not valid Unicode")]
    [InlineData("{}", "has neither \"version\": \"1.0\" nor \"operation\"; it does not say what to run")]
    [InlineData("""{"operation":7}""", "operation: must be a string, not such a number")]
    [InlineData("""{"operation":""}""", "operation: must be at least 1 character")]
    [InlineData("""{"version":"2.0","steps":[]}""", "version: must be \"1.0\", not \"2.0\"; steps: must have at least 1 element")]
    [InlineData(
        """{"version":1.0}""",
        "steps: missing; it must be an array with at least 1 element; version: must be a string, not such a number")]
    [InlineData("""{"version":"1.0"}""", "steps: missing; it must be an array with at least 1 element")]
    [InlineData("""{"version":"1.0","steps":{}}""", "steps: must be an array, not an object")]
    [InlineData("""{"version":"1.0","steps":[7]}""", "steps[0]: must be an object, not such a number")]
    [InlineData("""{"version":"1.0","steps":[null]}""", "steps[0]: must be an object, not null")]
    [InlineData("""{"version":"1.0","steps":[{}]}""", "steps[0].action: missing; it must be an object")]
    [InlineData("""{"version":"1.0","steps":[{"action":[]}]}""", "steps[0].action: must be an object, not an array")]
    public void An_invalid_document_says_where_and_why(string document, string reason) => Assert.Equal(
        "invalid job document: " + reason,
        Reason(document));

    [Theory]
    [InlineData("""{"type":"runCommand","input":{"command":"ls"}}""", "action.name: missing; it must be at least 1 character")]
    [InlineData("""{"name":"","type":"runCommand","input":{"command":"ls"}}""", "action.name: must be at least 1 character")]
    [InlineData("""{"name":7,"type":"runCommand","input":{"command":"ls"}}""", "action.name: must be a string, not such a number")]
    [InlineData("""{"name":"n","input":{"command":"ls"}}""", "action.type: missing; it must be one of \"runHandler\", \"runCommand\", \"download\", \"healthCheck\", \"reboot\", \"install\", \"updateAgent\"")]
    [InlineData(
        """{"name":"n","type":"runMagic","input":{"command":"ls"}}""",
        "action.type: must be one of \"runHandler\", \"runCommand\", \"download\", \"healthCheck\", \"reboot\", \"install\", \"updateAgent\", not \"runMagic\"")]
    [InlineData("""{"name":"n","type":"runCommand"}""", "action.input: missing; it must be an object")]
    [InlineData("""{"name":"n","type":"runHandler"}""", "action.input: missing; it must be an object")]
    [InlineData("""{"name":"n","type":"runCommand","input":"ls"}""", "action.input: must be an object, not such a string")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{}}""",
        "action.input.command: missing; a runCommand needs \"input\": {\"command\": \"PROGRAM,ARGUMENT,...\"}")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{"command":""}}""",
        "action.input.command: names no program before the first comma")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{"command":",a"}}""",
        "action.input.command: names no program before the first comma")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{"command":[]}}""",
        "action.input.command: names no program before the first comma")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{"command":7}}""",
        "action.input.command: must be a string or an array of strings, not such a number")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{"command":["ls",7]}}""",
        "action.input.command[1]: must be a string, not such a number")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{"command":"ls -l"}}""",
        "action.input.command: the program 'ls …' contains a space; separate the arguments with commas: \"ls,-l,/tmp\"")]
    [InlineData(
        """{"name":"n","type":"runCommand","input":{"command":"ls,\u0000"}}""",
        "action.input.command: contains a NUL character, which can't be passed to a program")]
    [InlineData(
        """{"name":"n","type":"runHandler","input":{}}""",
        "action.input.handler: missing; a runHandler needs \"input\": {\"handler\": \"FILE\"}")]
    [InlineData(
        """{"name":"n","type":"runHandler","input":{"handler":"h","args":"a"}}""",
        "action.input.args: must be an array of strings, not such a string")]
    [InlineData(
        """{"name":"n","type":"runHandler","input":{"handler":"h","args":["a",null]}}""",
        "action.input.args[1]: must be a string, not null")]
    [InlineData(
        """{"name":"n","type":"runHandler","input":{"handler":"h","path":true}}""",
        "action.input.path: must be a string, not true or false")]
    [InlineData(
        """{"name":"n","type":"runCommand","runAsUser":0,"input":{"command":"ls"}}""",
        "action.runAsUser: must be a string, not such a number")]
    [InlineData("""{"name":"n","type":"runCommand","allowStdErr":-1,"input":{"command":"ls"}}""", "action.allowStdErr: must be at least 0")]
    [InlineData(
        """{"name":"n","type":"runCommand","allowStdErr":"few","input":{"command":"ls"}}""",
        "action.allowStdErr: must be a whole number from 0, not such a string")]
    [InlineData(
        """{"name":"n","type":"runCommand","ignoreStepFailure":"yes","input":{"command":"ls"}}""",
        "action.ignoreStepFailure: must be true or false, not such a string")]
    public void An_invalid_action_says_where_and_why(string action, string reason)
    {
        Assert.Equal(
            "invalid job document: steps[0]." + reason,
            Reason($$$$$"""{"version":"1.0","steps":[{"action":{{{{{action}}}}} }]}"""));
    }

    [Fact]
    public void Every_fault_has_a_line_and_a_column()
    {
        DocumentResult result = JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(
            """
            { "version": "1.0",
              "includeStdOut": "ja",
              "steps": [
                { "action": { "name": "é€😀", "type": "runMagic", "input": {} } },
                { "action": { "name": "n", "type": "runCommand", "input": { } } }
              ],
              "finalStep": 1 }
            """));
        Assert.Equal(
            [
                ("includeStdOut", 2, 20),
                ("steps[0].action.type", 4, 43),
                ("steps[1].action.input.command", 5, 63),
                ("finalStep", 7, 16),
            ],
            result.Faults.Select(f => (f.Path, f.Line, f.Column)));
    }

    [Fact]
    public void The_additions_of_EdgeJobs_to_a_step_are_read()
    {
        JobPlan plan = Plan(
            """
            { "version": "1.0", "steps": [ { "action": { "name": "n", "type": "runCommand", "input": { "command": "ls" },
                "timeoutSeconds": "90", "workingDirectory": "/tmp", "environment": { "A": "1", "B_2": "" }, "onInterruption": "skip",
                "retry": { "attempts": 3, "backoffSeconds": 5 }, "successExitCodes": [0, 3], "alwaysRun": true } },
              { "action": { "name": "n", "type": "runCommand", "input": { "command": "ls" } } } ] }
            """);
        StepPlan step = plan.Steps[0];
        Assert.Equal(
            (TimeSpan.FromSeconds(90), "/tmp", InterruptedStep.Skip, true),
            (step.Timeout!.Value, step.WorkingDirectory!, step.OnInterruption, step.AlwaysRuns));
        Assert.Equal([new("A", "1"), new("B_2", "")], step.Environment);
        Assert.Equal((3, TimeSpan.FromSeconds(5)), (step.Attempts, step.RetryDelay));
        Assert.Equal([0, 3], step.SuccessExitCodes);
        StepPlan plain = plan.Steps[1];
        Assert.Equal(
            (null, null, InterruptedStep.Rerun, false, 1),
            (plain.Timeout, plain.WorkingDirectory, plain.OnInterruption, plain.AlwaysRuns, plain.Attempts));
        Assert.Equal([0], plain.SuccessExitCodes);
    }

    [Theory]
    [InlineData("\"timeoutSeconds\":0", "timeoutSeconds: must be 1 to 604800")]
    [InlineData("\"timeoutSeconds\":1.5", "timeoutSeconds: must be a whole number, not such a number")]
    [InlineData("\"timeoutSeconds\":\"soon\"", "timeoutSeconds: must be a whole number, not such a string")]
    [InlineData("\"workingDirectory\":\"tmp\"", "workingDirectory: 'tmp' is not an absolute path; it must start with /")]
    [InlineData("\"environment\":{\"A-B\":\"1\"}", "environment.A-B: its name must be 1 to 128 characters of [a-zA-Z0-9_]")]
    [InlineData(
        "\"environment\":{\"1A\":\"1\"}",
        "environment.1A: can't be set; names that start with EDGEJOBS_ are reserved, and no name starts with a digit")]
    [InlineData(
        "\"environment\":{\"EDGEJOBS_JOB_ID\":\"1\"}",
        "environment.EDGEJOBS_JOB_ID: can't be set; names that start with EDGEJOBS_ are reserved, and no name starts with a digit")]
    [InlineData("\"environment\":{\"A\":1}", "environment.A: must be a string, not such a number")]
    [InlineData("\"onInterruption\":\"retry\"", "onInterruption: must be one of \"rerun\", \"fail\", \"skip\", not \"retry\"")]
    [InlineData("\"retry\":{\"attempts\":101}", "retry.attempts: must be 1 to 100")]
    [InlineData("\"retry\":{}", "retry.attempts: missing; it must be 1 to 100")]
    [InlineData("\"successExitCodes\":[]", "successExitCodes: must have 1 to 256 elements")]
    [InlineData("\"successExitCodes\":[256]", "successExitCodes[0]: must be 0 to 255")]
    [InlineData("\"alwaysRun\":\"sometimes\"", "alwaysRun: must be true or false, not such a string")]
    public void An_invalid_addition_says_where_and_why(string member, string reason) => Assert.Equal(
        "invalid job document: steps[0].action." + reason,
        Reason($$$$$"""{"version":"1.0","steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"ls"},{{{{{member}}}}} }}]}"""));

    [Theory]
    [InlineData(
        """{"key":"os","value":["linux"],"type":"stringEqual"}""",
        "conditions[0].key: 'os' is not a known fact; use one of operatingSystem, architecture, kernelVersion, hostname, thingName, agentVersion, or osRelease.NAME")]
    [InlineData(
        """{"key":"hostname","value":["a"],"type":"equals"}""",
        "conditions[0].type: must be one of \"stringEqual\", \"stringNotEqual\", \"stringLike\", \"stringNotLike\", \"versionAtLeast\", \"versionBelow\", not \"equals\"")]
    [InlineData(
        """{"key":"hostname","value":"a","type":"stringEqual"}""",
        "conditions[0].value: must be an array of strings, not such a string")]
    [InlineData("""{"key":"hostname","value":[],"type":"stringEqual"}""", "conditions[0].value: must have at least 1 element")]
    [InlineData("7", "conditions[0]: must be an object, not such a number")]
    public void An_unknown_condition_is_rejected(string condition, string reason) =>
        Assert.Equal(
            "invalid job document: " + reason,
            Reason($$$$$"""{"version":"1.0","conditions":[{{{{{condition}}}}}],"steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"ls"}}}]}"""));

    [Fact]
    public void Conditions_are_read()
    {
        JobPlan plan = Plan(
            """{"version":"1.0","conditions":[{"key":"osRelease.ID","value":["debian","raspbian"],"type":"stringEqual"}],"steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"ls"}}}]}""");
        Condition condition = Assert.Single(plan.Conditions);
        Assert.Equal("osRelease.ID is one of 'debian', 'raspbian'", condition.ToString());
    }

    [Fact]
    public void A_missing_handler_is_an_unknown_operation()
    {
        JobDocumentReader reader = new([], handler => handler.Handler == "known.sh" ? null : "/h/x does not exist");
        Assert.True(reader.Read("""{"operation":"known.sh"}"""u8.ToArray()).IsValid);
        Assert.Equal(
            "invalid job document: operation: 'x' is neither an operation of this agent nor a handler: /h/x does not exist",
            reader.Read("""{"operation":"x"}"""u8.ToArray()).Reason);
    }

    [Fact]
    public void A_document_of_the_maximum_length_is_read()
    {
        string argument = new('x', 32_768 - 120);
        JobPlan plan = Plan(
            $$$$$"""{"version":"1.0","steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"echo,{{{{{argument}}}}}"}}}]}""");
        Assert.Equal(argument, ((StepAction.RunCommand)plan.Steps[0].Action).Arguments[1]);
    }

    [Fact]
    public void No_truncated_document_throws()
    {
        byte[] document = Encoding.UTF8.GetBytes(
            """{"version":"1.0","steps":[{"action":{"name":"é","type":"runHandler","input":{"handler":"h","args":["a"]},"allowStdErr":1}}],"finalStep":{"action":{}}}""");
        for (int length = 0; length < document.Length; length++)
        {
            Assert.NotEmpty(JobDocumentReader.BuiltIn.Read(document.AsMemory(0, length)).Reason);
        }
    }

    private static DocumentResult Read(string document) => JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(document));

    private static JobPlan Plan(string document)
    {
        DocumentResult result = Read(document);
        Assert.True(result.IsValid, result.Reason);
        return result.Plan;
    }

    private static string Reason(string document)
    {
        DocumentResult result = Read(document);
        Assert.False(result.IsValid);
        return result.Reason;
    }
}
