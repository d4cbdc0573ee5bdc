using System.Globalization;
using System.Text.RegularExpressions;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The files that are installed on a board with the binary.</summary>
public sealed partial class PackagingTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Systemd_accepts_the_unit()
    {
        // There is no agent on this machine at the path where the package installs it.
        string unit = (await File.ReadAllTextAsync(Repository.PathOf("packaging", "edgejobs.service")))
            .Replace("/usr/bin/edgejobs", AgentBinary.X64.Program, StringComparison.Ordinal);

        ChildResult result = await ChildProcess.RunAsync(
            "systemd-analyze",
            ["verify", "--man=no", _directory.Write("edgejobs.service", unit)]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("edgejobs.service", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 3.0)]
    [InlineData(true, 9.0)]
    public async Task The_exposure_of_the_unit_is_limited(bool allowsRoot, double limit)
    {
        string unit = _directory.Write("edgejobs.service", await File.ReadAllTextAsync(Repository.PathOf("packaging", "edgejobs.service")));
        if (allowsRoot)
        {
            Directory.CreateDirectory(_directory["edgejobs.service.d"]);
            File.Copy(Repository.PathOf("packaging", "root-jobs.conf"), _directory["edgejobs.service.d/root-jobs.conf"]);
        }

        ChildResult result = await ChildProcess.RunAsync("systemd-analyze", ["security", "--offline=true", "--no-pager", unit]);

        Match level = Level().Match(result.Output);
        Assert.True(level.Success, result.ToString());
        Assert.InRange(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture), 0, limit);
    }

    [Theory]
    [InlineData("edgejobs.1")]
    [InlineData("edgejobs.json.5")]
    public async Task The_manual_pages_have_no_faults(string page)
    {
        string file = Repository.PathOf("packaging", "man", page);
        ChildResult lint = await ChildProcess.RunAsync("mandoc", ["-T", "lint", file]);
        Assert.Equal("", lint.Output + lint.Errors);
        ChildResult man = await ChildProcess.RunAsync(
            "man", ["--warnings", "--encoding=UTF-8", "--local-file", "--troff-device=utf8", "--ditroff", file], ("LC_ALL", "C.UTF-8"),
            ("MANROFFSEQ", ""));
        Assert.True(man.ExitCode == 0 && man.Errors.Length == 0, man.Errors);
    }

    [Theory]
    [InlineData("bash", "edgejobs.bash")]
    [InlineData("zsh", "_edgejobs")]
    [InlineData("fish", "edgejobs.fish")]
    public async Task Each_shell_accepts_its_completions(string shell, string file)
    {
        ChildResult result = await ChildProcess.RunAsync(shell, ["-n", Repository.PathOf("packaging", "completions", file)]);
        Assert.True(result.ExitCode == 0 && result.Errors.Length == 0, result.ToString());
    }

    [Theory]
    [InlineData("st", "status")]
    [InlineData("status --js", "--json")]
    [InlineData("run --log_level d", "debug")]
    [InlineData("policy --provisioning_key s", "service")]
    [InlineData("doctor --mqtt_version 3.", "3.1.1")]
    public async Task Bash_completes_commands_flags_and_values(string words, string expected)
    {
        string script = $$"""
            . '{{Repository.PathOf("packaging", "completions", "edgejobs.bash")}}'
            COMP_WORDS=(edgejobs {{words}}); COMP_CWORD={{words.Split(' ').Length}}
            _edgejobs; printf '%s\n' "${COMPREPLY[@]}"
            """;
        ChildResult result = await ChildProcess.RunAsync("bash", ["-c", script]);
        Assert.Equal(expected + "\n", result.Output);
    }

    [GeneratedRegex(@"Overall exposure level for edgejobs\.service: ([0-9.]+)")]
    private static partial Regex Level();
}
