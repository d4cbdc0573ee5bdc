using System.Text;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Documents;

/// <summary>The documents that AWS's managed templates generate, with and without optional parameters.</summary>
public sealed class ManagedTemplateTests
{
    [Theory]
    [InlineData("Reboot", "reboot.sh", null)]
    [InlineData("Download-File", "download-file.sh", """ ["https://example.com/f", "/tmp/f"] """)]
    [InlineData("Install-Application", "install-packages.sh", """ ["vim git"] """)]
    [InlineData("Remove-Application", "remove-packages.sh", """ ["vim git"] """)]
    [InlineData("Start-Application", "start-services.sh", """ ["a b"] """)]
    [InlineData("Stop-Application", "stop-services.sh", """ ["a b"] """)]
    [InlineData("Restart-Application", "restart-services.sh", """ ["a b"] """)]
    public void The_handler_of_a_managed_template_runs_unchanged(string name, string handler, string? args)
    {
        foreach ((string path, string user) in new[] { ("default", "root"), ("", ""), ("/opt/handlers", "") })
        {
            string argsMember = args is null ? "" : $"\"args\":{args},";
            string document = $$$$$"""{"version":"1.0","steps":[{"action":{"name":"{{{{{name}}}}}","type":"runHandler","input":{"handler":"{{{{{handler}}}}}",{{{{{argsMember}}}}}"path":"{{{{{path}}}}}"},"runAsUser":"{{{{{user}}}}}"}}]}""";
            DocumentResult result = JobDocumentReader.BuiltIn.Read(Encoding.UTF8.GetBytes(document));
            Assert.True(result.IsValid, result.Reason);
            StepAction.RunHandler action = Assert.IsType<StepAction.RunHandler>(result.Plan.Steps[0].Action);
            Assert.Equal((handler, path.Length == 0 ? null : path), (action.Handler, action.Path));
            Assert.Equal(user.Length == 0 ? null : user, result.Plan.Steps[0].RunAsUser);
        }
    }

    [Fact]
    public void The_command_of_a_managed_template_runs_unchanged()
    {
        DocumentResult result = JobDocumentReader.BuiltIn.Read(
            """{"version":"1.0","steps":[{"action":{"name":"Run-Command","type":"runCommand","input":{"command":"sh,-c,echo a\\,b"},"runAsUser":""}}]}"""u8.ToArray());
        Assert.True(result.IsValid, result.Reason);
        Assert.Equal(["sh", "-c", "echo a,b"], Assert.IsType<StepAction.RunCommand>(result.Plan.Steps[0].Action).Arguments);
    }
}
