using System.Text;
using EdgeJobs.Runtime.Documents;

namespace EdgeJobs.Runtime.Tests.Documents;

public sealed class JobDocumentReaderTests
{
    [Fact]
    public void Every_field_of_version_1_0_is_taken()
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
        JobPlan plan = Plan($$$$$"""{"version":"1.0","includeStdOut":{{{{{json}}}}},"steps":[{"action":{"name":"n","type":"runCommand","ignoreStepFailure":{{{{{json}}}}},"input":{"command":"a"}}}]}""");
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
        JobPlan plan = Plan($$$$$"""{"version":"1.0","steps":[{"action":{"name":"n","type":"runCommand","input":{"command":{{{{{json}}}}} }}}]}""");
        Assert.Equal(arguments, string.Join('|', ((StepAction.RunCommand)plan.Steps[0].Action).Arguments));
    }

    [Fact]
    public void What_a_template_leaves_empty_is_absent()
    {
        JobPlan plan = Plan("""{"version":"1.0","steps":[{"action":{"name":"n","type":"runHandler","runAsUser":"","allowStdErr":"","ignoreStepFailure":"","input":{"handler":"h","path":"","args":null}}}]}""");
        StepAction.RunHandler handler = (StepAction.RunHandler)plan.Steps[0].Action;
        Assert.Equal((null, null, null), (handler.Path, plan.Steps[0].RunAsUser, plan.Steps[0].AllowStdErr));
        Assert.Empty(handler.Arguments);
    }

    [Fact]
    public void The_schema_without_version_is_one_handler_that_is_told_no_user()
    {
        JobPlan plan = Plan("""{"operation":"install-packages.sh","args":["vim","git"],"path":"default","includeStdOut":true,"allowStdErr":5}""");
        StepPlan step = Assert.Single(plan.Steps);
        StepAction.RunHandler handler = Assert.IsType<StepAction.RunHandler>(step.Action);
        Assert.Equal(("install-packages.sh", "install-packages.sh", "default", false), (step.Name, handler.Handler, handler.Path, handler.PassesUser));
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
    [InlineData("{}", "has neither \"version\": \"1.0\" nor \"operation\"; nothing says what to run")]
    [InlineData("""{"operation":7}""", "operation: must be a string, not such a number")]
    [InlineData("""{"operation":""}""", "operation: is empty")]
    [InlineData("""{"version":"2.0","steps":[]}""", "version: '2.0' is not known; this agent understands \"1.0\"; steps: missing; at least one step is needed")]
    [InlineData("""{"version":1.0}""", "version: must be the string \"1.0\", not such a number; steps: missing; at least one step is needed")]
    [InlineData("""{"version":"1.0"}""", "steps: missing; at least one step is needed")]
    [InlineData("""{"version":"1.0","steps":{}}""", "steps: must be an array, not an object")]
    [InlineData("""{"version":"1.0","steps":[7]}""", "steps[0]: must be an object with an action, not such a number")]
    [InlineData("""{"version":"1.0","steps":[null]}""", "steps[0]: must be an object with an action, not null")]
    [InlineData("""{"version":"1.0","steps":[{}]}""", "steps[0].action: missing")]
    [InlineData("""{"version":"1.0","steps":[{"action":[]}]}""", "steps[0].action: must be an object, not an array")]
    public void A_document_that_is_no_good_says_where_and_why(string document, string reason) => Assert.Equal("invalid job document: " + reason, Reason(document));

    [Theory]
    [InlineData("""{"type":"runCommand","input":{"command":"ls"}}""", "action.name: missing")]
    [InlineData("""{"name":"","type":"runCommand","input":{"command":"ls"}}""", "action.name: is empty")]
    [InlineData("""{"name":7,"type":"runCommand","input":{"command":"ls"}}""", "action.name: must be a string, not such a number")]
    [InlineData("""{"name":"n","input":{"command":"ls"}}""", "action.type: missing")]
    [InlineData("""{"name":"n","type":"runMagic","input":{"command":"ls"}}""", "action.type: 'runMagic' is not known; use runCommand or runHandler")]
    [InlineData("""{"name":"n","type":"runCommand"}""", "action.input: missing; a runCommand needs \"input\": {\"command\": \"PROGRAM,ARGUMENT,...\"}")]
    [InlineData("""{"name":"n","type":"runHandler"}""", "action.input: missing; a runHandler needs \"input\": {\"handler\": \"FILE\"}")]
    [InlineData("""{"name":"n","type":"runCommand","input":"ls"}""", "action.input: must be an object, not such a string")]
    [InlineData("""{"name":"n","type":"runCommand","input":{}}""", "action.input.command: missing")]
    [InlineData("""{"name":"n","type":"runCommand","input":{"command":""}}""", "action.input.command: names no program before the first comma")]
    [InlineData("""{"name":"n","type":"runCommand","input":{"command":",a"}}""", "action.input.command: names no program before the first comma")]
    [InlineData("""{"name":"n","type":"runCommand","input":{"command":[]}}""", "action.input.command: names no program before the first comma")]
    [InlineData("""{"name":"n","type":"runCommand","input":{"command":7}}""", "action.input.command: must be a string with the arguments between commas, or an array of strings, not such a number")]
    [InlineData("""{"name":"n","type":"runCommand","input":{"command":["ls",7]}}""", "action.input.command[1]: must be a string, not such a number")]
    [InlineData("""{"name":"n","type":"runCommand","input":{"command":"ls -l"}}""", "action.input.command: the program 'ls -l' holds a space; write the arguments between commas: \"ls,-l,/tmp\"")]
    [InlineData("""{"name":"n","type":"runCommand","input":{"command":"ls,\u0000"}}""", "action.input.command: holds a NUL character, which no program can be given; steps[0].action.input.command: names no program before the first comma")]
    [InlineData("""{"name":"n","type":"runHandler","input":{}}""", "action.input.handler: missing")]
    [InlineData("""{"name":"n","type":"runHandler","input":{"handler":"h","args":"a"}}""", "action.input.args: must be an array of strings, not such a string")]
    [InlineData("""{"name":"n","type":"runHandler","input":{"handler":"h","args":["a",null]}}""", "action.input.args[1]: must be a string, not null")]
    [InlineData("""{"name":"n","type":"runHandler","input":{"handler":"h","path":true}}""", "action.input.path: must be a string, not true or false")]
    [InlineData("""{"name":"n","type":"runCommand","runAsUser":0,"input":{"command":"ls"}}""", "action.runAsUser: must be a string, not such a number")]
    [InlineData("""{"name":"n","type":"runCommand","allowStdErr":-1,"input":{"command":"ls"}}""", "action.allowStdErr: must be a whole number from 0, not such a number")]
    [InlineData("""{"name":"n","type":"runCommand","allowStdErr":"few","input":{"command":"ls"}}""", "action.allowStdErr: must be a whole number from 0, not such a string")]
    [InlineData("""{"name":"n","type":"runCommand","ignoreStepFailure":"yes","input":{"command":"ls"}}""", "action.ignoreStepFailure: must be true or false, not such a string")]
    public void An_action_that_is_no_good_says_where_and_why(string action, string reason)
    {
        Assert.Equal("invalid job document: steps[0]." + reason, Reason($$$$$"""{"version":"1.0","steps":[{"action":{{{{{action}}}}} }]}"""));
    }

    [Fact]
    public void Every_fault_is_told_with_its_line_and_column()
    {
        DocumentResult result = JobDocumentReader.Read(Encoding.UTF8.GetBytes(
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
                ("steps[0].action.type", 4, 43),
                ("steps[1].action.input.command", 5, 63),
                ("finalStep", 7, 16),
                ("includeStdOut", 2, 20),
            ],
            result.Faults.Select(f => (f.Path, f.Line, f.Column)));
    }

    [Fact]
    public void Conditions_are_refused_and_never_passed_over()
    {
        const string Steps = """ "steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"ls"}}}] """;
        Assert.True(Read($$$$$"""{"version":"1.0","conditions":[],{{{{{Steps}}}}} }""").IsValid);
        Assert.Equal(
            "invalid job document: conditions: this agent can't evaluate conditions; target a thing group instead",
            Reason($$$$$"""{"version":"1.0","conditions":[{"key":"os","value":["linux"],"type":"stringEqual"}],{{{{{Steps}}}}} }"""));
        Assert.Equal("invalid job document: conditions: must be an array, not an object", Reason($$$$$"""{"version":"1.0","conditions":{},{{{{{Steps}}}}} }"""));
    }

    [Fact]
    public void A_document_of_the_greatest_length_is_read()
    {
        string argument = new('x', 32_768 - 120);
        JobPlan plan = Plan($$$$$"""{"version":"1.0","steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"echo,{{{{{argument}}}}}"}}}]}""");
        Assert.Equal(argument, ((StepAction.RunCommand)plan.Steps[0].Action).Arguments[1]);
    }

    [Fact]
    public void No_cut_of_a_document_throws()
    {
        byte[] document = Encoding.UTF8.GetBytes("""{"version":"1.0","steps":[{"action":{"name":"é","type":"runHandler","input":{"handler":"h","args":["a"]},"allowStdErr":1}}],"finalStep":{"action":{}}}""");
        for (int length = 0; length < document.Length; length++)
        {
            Assert.NotEmpty(JobDocumentReader.Read(document.AsMemory(0, length)).Reason);
        }
    }

    private static DocumentResult Read(string document) => JobDocumentReader.Read(Encoding.UTF8.GetBytes(document));

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
