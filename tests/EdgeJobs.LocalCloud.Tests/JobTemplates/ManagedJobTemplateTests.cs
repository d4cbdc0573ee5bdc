using System.Text.Json.Nodes;
using EdgeJobs.LocalCloud.JobTemplates;

namespace EdgeJobs.LocalCloud.Tests.JobTemplates;

public sealed class ManagedJobTemplateTests
{
    [Theory]
    [InlineData("AWS-Reboot", "Reboot", """{"handler":"reboot.sh","path":""}""")]
    [InlineData("AWS-Download-File", "Download-File", """{"handler":"download-file.sh","args":["<downloadUrl>","<filePath>"],"path":""}""")]
    [InlineData("AWS-Install-Application", "Install-Application", """{"handler":"install-packages.sh","args":["<packages>"],"path":""}""")]
    [InlineData("AWS-Remove-Application", "Remove-Application", """{"handler":"remove-packages.sh","args":["<packages>"],"path":""}""")]
    [InlineData("AWS-Start-Application", "Start-Application", """{"handler":"start-services.sh","args":["<services>"],"path":""}""")]
    [InlineData("AWS-Stop-Application", "Stop-Application", """{"handler":"stop-services.sh","args":["<services>"],"path":""}""")]
    [InlineData("AWS-Restart-Application", "Restart-Application", """{"handler":"restart-services.sh","args":["<services>"],"path":""}""")]
    [InlineData("AWS-Run-Command", "Run-Command", """{"command":"<command>"}""")]
    public void A_template_becomes_the_document_of_AWS(string name, string step, string input)
    {
        ManagedJobTemplate template = Assert.Single(ManagedJobTemplate.All, template => template.Name == name);
        Dictionary<string, string> values = template.Parameters.Where(parameter => !parameter.IsOptional)
            .ToDictionary(parameter => parameter.Key, parameter => $"<{parameter.Key}>");
        JsonObject expected = new()
        {
            ["version"] = "1.0",
            ["steps"] = new JsonArray(new JsonObject
            {
                ["action"] = new JsonObject
                {
                    ["name"] = step,
                    ["type"] = name == "AWS-Run-Command" ? "runCommand" : "runHandler",
                    ["input"] = JsonNode.Parse(input),
                    ["runAsUser"] = "",
                },
            }),
        };
        JsonNode? document = JsonNode.Parse(template.Fill(values, out string? fault).ToString());
        Assert.Null(fault);
        Assert.True(JsonNode.DeepEquals(expected, document), document!.ToJsonString());
        Assert.Same(template, ManagedJobTemplate.Find($"arn:aws:iot:us-east-1::jobtemplate/{name}:1.0"));
        Assert.Same(template, ManagedJobTemplate.Find($"arn:aws:iot:us-east-1::jobtemplate/{name}"));
    }

    [Fact]
    public void A_value_stays_one_string_whatever_it_contains()
    {
        const string Value = "a\"},\n\\ ${aws:iot:parameter:runAsUser} é";
        ManagedJobTemplate template = ManagedJobTemplate.Find("arn:aws:iot:us-east-1::jobtemplate/AWS-Run-Command:1.0")!;
        JsonNode document = JsonNode.Parse(template.Fill(new Dictionary<string, string> { ["command"] = Value }, out _).ToString())!;
        JsonNode action = document["steps"]![0]!["action"]!;
        Assert.Equal(Value, (string?)action["input"]!["command"]);
        Assert.Equal("", (string?)action["runAsUser"]);
    }

    [Theory]
    [InlineData("packages", "documentParameters has no 'packages', which AWS-Install-Application requires: The packages, separated by spaces.")]
    [InlineData("package=nginx", "AWS-Install-Application has no parameter 'package'; it has packages, pathToHandler, runAsUser")]
    [InlineData("packages=LONG", "the parameter 'packages' has 30721 characters; at most 30720 are allowed")]
    public void A_wrong_parameter_is_named(string text, string message)
    {
        string[] words = text.Split('=');
        Dictionary<string, string> values = words is [var key, var value]
            ? new() { [key] = value == "LONG" ? new string('x', ManagedJobTemplate.MaxValueLength + 1) : value }
            : [];
        ManagedJobTemplate template = ManagedJobTemplate.Find("arn:aws:iot:us-east-1::jobtemplate/AWS-Install-Application")!;
        template.Fill(values, out string? fault);
        Assert.Equal(message, fault);
    }
}
