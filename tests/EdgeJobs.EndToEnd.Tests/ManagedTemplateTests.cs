using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Jobs from AWS's managed templates, with the handlers of the package and the native agent.</summary>
public sealed class ManagedTemplateTests : FakeBoardTests
{
    private string[] Flags => ["--handler_dir", Scratch["handlers"]];

    /// <summary>As the package installs them: files, no links.</summary>
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        ChildResult copy = await ChildProcess.RunAsync("cp", ["-rL", Repository.PathOf("packaging", "handlers"), Scratch["handlers"]]);
        Assert.True(copy.ExitCode == 0, copy.ToString());
    }

    [Theory]
    [InlineData("AWS-Start-Application", "services=nginx pump", "systemctl --no-ask-password start -- nginx pump")]
    [InlineData("AWS-Stop-Application", "services=nginx pump", "systemctl --no-ask-password stop -- nginx pump")]
    [InlineData("AWS-Restart-Application", "services=nginx pump", "systemctl --no-ask-password restart -- nginx pump")]
    [InlineData("AWS-Install-Application", "packages=nginx pump", "--force-confold install -- nginx pump")]
    [InlineData("AWS-Remove-Application", "packages=nginx pump", "--force-confold remove -- nginx pump")]
    [InlineData("AWS-Run-Command", "command=systemctl,status,a\\,b", "systemctl status a,b")]
    public async Task A_template_calls_the_tools_of_the_board(string template, string parameter, string call)
    {
        await CreateAsync(template, parameter);
        ChildResult result = await Start("boot", Flags).WaitForExitAsync();
        ExecutionStatus end = await Cloud.DescribeAsync(Thing, "job");
        Assert.True(end.Status == "SUCCEEDED", $"{end}\n{result}");
        Assert.Contains(await File.ReadAllLinesAsync(Scratch["calls"]), line => line.EndsWith(call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_is_downloaded()
    {
        byte[] file = [1, 2, 3];
        using FileServer server = new(file);
        await CreateAsync("AWS-Download-File", $"downloadUrl={server.Url}?a=b", $"filePath={Scratch["pump.bin"]}");
        ChildResult result = await Start("boot", Flags).WaitForExitAsync();
        ExecutionStatus end = await Cloud.DescribeAsync(Thing, "job");
        Assert.True(end.Status == "SUCCEEDED", $"{end}\n{result}");
        Assert.Equal(file, await File.ReadAllBytesAsync(Scratch["pump.bin"]));
    }

    [Fact]
    public async Task A_reboot_has_succeeded_in_the_next_boot()
    {
        await CreateAsync("AWS-Reboot");
        await using (ChildProcess agent = Start("first", Flags))
        {
            await agent.WaitForFileAsync(Scratch["calls"]);
            await KillAsync(agent);
        }

        Assert.Equal("IN_PROGRESS", (await Cloud.DescribeAsync(Thing, "job")).Status);
        ChildResult result = await Start("second", Flags).WaitForExitAsync();
        ExecutionStatus end = await Cloud.DescribeAsync(Thing, "job");
        Assert.True(end.Status == "SUCCEEDED", $"{end}\n{result}");
        Assert.Equal("systemctl --no-ask-password reboot\n", await File.ReadAllTextAsync(Scratch["calls"]));
    }

    private Task<string> CreateAsync(string template, params string[] parameters) => Cloud.CallAsync(
    [
        "job", "create", "job", "--target", Thing, "--template", template,
        .. parameters.Concat(template == "AWS-Run-Command" ? [] : ["pathToHandler=default"]).SelectMany(parameter => (string[])["--parameter", parameter]),
    ]);
}
