using System.Diagnostics;
using System.Globalization;
using EdgeJobs.EndToEnd.Tests;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.Board.Tests;

/// <summary>The package and its service, from installation to purge, on each system.</summary>
public abstract class PackageTests(InstalledBoard installed, ITestOutputHelper output)
{
    private protected InstalledBoard Installed => installed;

    private protected ITestOutputHelper Output => output;

    private Board Board => installed.Board;

    [Fact]
    public async Task Jobs_run_as_the_service_user_over_MQTT_5_and_3_1_1()
    {
        Assert.Equal("aarch64", await Board.RunAsync("uname --machine"));
        Assert.Equal(installed.Image.PageSize.ToString(CultureInfo.InvariantCulture), await Board.RunAsync("getconf PAGESIZE"));

        ExecutionStatus five = await installed.RunJobAsync("five", Documents.Command("id", "--user", "--name"));
        Assert.Equal("edgejobs", five.Detail("stdout"));
        await installed.ConfigureAsync(settings: ("mqtt_version", "3"));
        ExecutionStatus three = await installed.RunJobAsync("three", Documents.Command("id", "--user", "--name"));
        Assert.Equal("edgejobs", three.Detail("stdout"));
        await installed.ConfigureAsync();
    }

    [Fact]
    public async Task A_job_goes_on_during_an_upgrade()
    {
        static string Note(string step) => $"echo {step} >> /var/lib/edgejobs/steps";
        await installed.Cloud.CreateJobAsync("upgraded", InstalledBoard.Thing, Documents.Steps(
            Documents.CommandStep("first", "sh", "-c", Note("first")),
            Documents.CommandStep("second", "sh", "-c", Note("second") + "; until [ -e /var/lib/edgejobs/go ]; do sleep 1; done"),
            Documents.CommandStep("third", "sh", "-c", Note("third"))));
        await Board.RunAsync("until grep --quiet second /var/lib/edgejobs/steps; do sleep 0.2; done");
        await Board.RunAsync("dpkg --install /root/later.deb && touch /var/lib/edgejobs/go");
        ExecutionStatus end = await installed.EndOfAsync("upgraded");

        // The upgrade ends the step, and the new agent runs it again.
        Assert.Contains("step 2 of 3 'second' was interrupted and ran again", end.Detail("reason"), StringComparison.Ordinal);
        Assert.Equal(["first", "second", "second", "third"], (await Board.RunAsync("cat /var/lib/edgejobs/steps")).Split('\n'));
        Assert.Equal("99.0", await Board.RunAsync("dpkg-query --show --showformat '${Version}' edgejobs"));
    }

    [Fact]
    public async Task A_purge_leaves_nothing_and_a_new_installation_waits_for_its_configuration()
    {
        await Board.RunAsync("dpkg --purge edgejobs");
        ChildResult left = await Board.TryAsync(
            """
            find / -xdev -name '*edgejobs*' -not -path '/root/*'
            grep edgejobs /etc/passwd /etc/group /etc/shadow /etc/gshadow
            pgrep edgejobs
            """);
        Assert.Equal("", left.Output);

        Stopwatch watch = Stopwatch.StartNew();
        await Board.RunAsync("dpkg --install /root/edgejobs.deb");
        string installation = Seconds(watch);
        ChildResult status = await Board.TryAsync("systemctl status --no-pager edgejobs");
        Assert.Contains("inactive (dead)", status.Output, StringComparison.Ordinal);
        Assert.Contains("ConditionPathExistsGlob=/etc/edgejobs/*.pem was not met", status.Output, StringComparison.Ordinal);
        Assert.Equal("enabled", await Board.RunAsync("systemctl is-enabled edgejobs"));

        await installed.ConfigureAsync();
        await installed.RunJobAsync("first", Documents.Command("true"));
        output.WriteLine($"dpkg --install: {installation} s; to the first SUCCEEDED: {Seconds(watch)} s");
    }

    private static string Seconds(Stopwatch watch) => watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
}

[Collection(Debian12Tests.Name)]
public sealed class PackageOnDebian12Tests(Debian12Board installed, ITestOutputHelper output) : PackageTests(installed, output);

public sealed class PackageOnDebian13Tests(Debian13Board installed, ITestOutputHelper output)
    : PackageWithMemoryTests(installed, output), IClassFixture<Debian13Board>;

public sealed class PackageOnDebian13With16KPagesTests(Debian13With16KPagesBoard installed, ITestOutputHelper output)
    : PackageWithMemoryTests(installed, output), IClassFixture<Debian13With16KPagesBoard>;
