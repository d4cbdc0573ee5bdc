using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The handlers of AWS's managed templates, called as the agent calls them: the user, then one argument with all names. systemctl is
/// replaced; <see cref="DebianPackageTests"/> runs the handlers of packages with the real apt.
/// </summary>
public sealed class HandlerTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public HandlerTests()
    {
        // Records its arguments, and answers what the test has prepared.
        string script = $$"""
            #!/bin/sh
            printf '%s\n' "$*" >> '{{_directory["calls"]}}'
            case "$*" in
              --quiet*is-active*) grep -qx active '{{_directory["state"]}}' ;;
              *is-active*) cat '{{_directory["state"]}}'; grep -qx active '{{_directory["state"]}}' ;;
              *InvocationID*) cat '{{_directory["invocation"]}}' ;;
              *' reboot' | *' --no-block restart '*) [ ! -e '{{_directory["kills"]}}' ] || kill -KILL "$PPID" ;;
              *) [ ! -e '{{_directory["refuses"]}}' ] || { echo "Access denied" >&2; exit 1; } ;;
            esac
            """;
        Directory.CreateDirectory(_directory["bin"]);
        File.SetUnixFileMode(
            _directory.Write("bin/systemctl", script),
            UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        _directory.Write("state", "active\n");
        _directory.Write("invocation", "first\n");
    }

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("start", "started")]
    [InlineData("stop", "stopped")]
    [InlineData("restart", "restarted")]
    public async Task Services_are_controlled_in_one_call(string verb, string done)
    {
        ChildResult result = await RunAsync($"{verb}-services.sh", "", "nginx pump@1.service");
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal($"{done}: nginx pump@1.service\n", result.Output);
        Assert.Contains(Calls(), call => call.StartsWith("--no-ask-password " + verb, StringComparison.Ordinal)
            && call.EndsWith("-- nginx pump@1.service", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("start", "failed")]
    [InlineData("restart", "failed")]
    public async Task A_service_that_does_not_stay_up_is_a_failure(string verb, string state)
    {
        _directory.Write("state", state + "\n");
        ChildResult result = await RunAsync($"{verb}-services.sh", "", "nginx");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nginx is not active", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start-services.sh")]
    [InlineData("stop-services.sh")]
    [InlineData("restart-services.sh")]
    public async Task Missing_rights_are_a_failure(string handler)
    {
        _directory.Write("refuses", "");
        ChildResult result = await RunAsync(handler, "", "nginx");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Access denied", result.Errors, StringComparison.Ordinal);
        Assert.Contains("failed, see above", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("start-services.sh", "--root=/tmp")]
    [InlineData("stop-services.sh", "a;b")]
    [InlineData("restart-services.sh", "$(reboot)")]
    [InlineData("health-check.sh", "--root=/tmp")]
    [InlineData("install-packages.sh", "-o=x")]
    [InlineData("install-packages.sh", "./file.deb")]
    [InlineData("remove-packages.sh", "nginx;reboot")]
    [InlineData("remove-packages.sh", "*")]
    public async Task What_is_no_name_is_refused(string handler, string name)
    {
        ChildResult result = await RunAsync(handler, "", name);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"'{name}' is not the name of a ", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Calls());
    }

    [Theory]
    [InlineData("start-services.sh")]
    [InlineData("stop-services.sh")]
    [InlineData("restart-services.sh")]
    [InlineData("install-packages.sh")]
    [InlineData("remove-packages.sh")]
    public async Task Without_a_name_it_fails(string handler)
    {
        Assert.Contains("usage: " + handler, (await RunAsync(handler, "")).Errors, StringComparison.Ordinal);
        Assert.Contains("is named", (await RunAsync(handler, "", " ")).Errors, StringComparison.Ordinal);
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task A_reboot_has_succeeded_when_the_board_is_back()
    {
        _directory.Write("kills", "");
        ChildResult before = await RunAsync("reboot.sh", "");
        Assert.NotEqual(0, before.ExitCode);
        Assert.Equal(["--no-ask-password reboot"], Calls());
        string boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim();
        Assert.Equal($"job-1 1 2 {boot}\n", await File.ReadAllTextAsync(_directory[".rebooting"]));

        // Interrupted by a crash instead of the reboot: it reboots again.
        await RunAsync("reboot.sh", "");
        Assert.Equal(2, Calls().Length);

        _directory.Write(".rebooting", "job-1 1 2 another-boot\n");
        ChildResult after = await RunAsync("reboot.sh", "");
        Assert.True(after.ExitCode == 0, after.ToString());
        Assert.Equal(2, Calls().Length);

        // The next job reboots again.
        _directory.Write(".rebooting", "job-0 1 2 another-boot\n");
        await RunAsync("reboot.sh", "");
        Assert.Equal(3, Calls().Length);
    }

    [Fact]
    public async Task A_health_check_reports_and_checks_services()
    {
        ChildResult well = await RunAsync("health-check.sh", "", "nginx");
        Assert.True(well.ExitCode == 0, well.ToString());
        Assert.Matches("^up [0-9]+ s, load [0-9.]+, free: memory [0-9]+ %, disk [0-9]+ %\n$", well.Output);

        _directory.Write("state", "failed\n");
        ChildResult ill = await RunAsync("health-check.sh", "", "nginx");
        Assert.Equal(1, ill.ExitCode);
        Assert.Equal("nginx is failed\n", ill.Errors);
        Assert.Equal(0, (await RunAsync("health-check.sh", "")).ExitCode);
    }

    private string[] Calls() => File.Exists(_directory["calls"]) ? File.ReadAllLines(_directory["calls"]) : [];

    private Task<ChildResult> RunAsync(string handler, params string[] arguments) => ChildProcess.RunAsync(
        "env",
        [
            "-C", _directory.Path, $"PATH={_directory["bin"]}:{Environment.GetEnvironmentVariable("PATH")}",
            "EDGEJOBS_JOB_ID=job-1", "EDGEJOBS_EXECUTION_NUMBER=1", "EDGEJOBS_STEP=2",
            Repository.PathOf("packaging", "handlers", handler), .. arguments,
        ]);
}
