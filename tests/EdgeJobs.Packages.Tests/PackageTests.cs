using EdgeJobs.Testing;

namespace EdgeJobs.Packages.Tests;

/// <summary>The packages, used as a stranger uses them: in a project of its own, with a spec of its own.</summary>
public sealed class PackageTests
{
    private static readonly string[] Packed = ["generators/EdgeJobs.Generators", "src/EdgeJobs.Protocol", "src/EdgeJobs.Client", "src/EdgeJobs.Runtime"];

    [Fact]
    public async Task A_project_with_its_own_spec_makes_requests_over_a_broker()
    {
        using TestDirectory directory = new();
        string feed = Directory.CreateDirectory(directory["feed"]).FullName;
        foreach (string project in Packed)
        {
            await DotnetAsync("pack", Repository.PathOf(project), "--configuration", "Release", "--output", feed, "-nodeReuse:false", "-verbosity:quiet");
        }

        Assert.Equal(
            ["EdgeJobs.Client.0.1.0.nupkg", "EdgeJobs.Generators.0.1.0.nupkg", "EdgeJobs.Protocol.0.1.0.nupkg", "EdgeJobs.Runtime.0.1.0.nupkg"],
            Directory.GetFiles(feed).Select(f => Path.GetFileName(f)).Order());

        string consumer = Directory.CreateDirectory(directory["consumer"]).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Consumer")))
        {
            File.Copy(file, Path.Combine(consumer, Path.GetFileName(file)));
        }

        // The feed goes beside the sources that this machine has; the packages themselves into a directory of the test, so
        // that an older build of the same version is never found.
        directory.Write("nuget.config", $"""<configuration><packageSources><add key="edgejobs-test" value="{feed}" /></packageSources></configuration>""");
        string target = Path.Combine(consumer, "Consumer.csproj");
        await DotnetAsync("build", target, "--configuration", "Release", "-nodeReuse:false", "-verbosity:quiet", $"-property:RestoreFallbackFolders={GlobalPackages()}", $"-property:RestorePackagesPath={directory["packages"]}");

        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        ChildResult run = await ChildProcess.RunAsync("dotnet", [Path.Combine(consumer, "bin", "Release", "net10.0", "Consumer.dll"), broker.PlainPort.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(
            """
            asked on greenhouse/north/beds/b7/set-point
            read 21.5 HighSummer 2
            Accepted: SetPointDoneEffective { Celsius = 21.5, Since = 1795400000 }
            read 2
            Rejected: frost
            Invalid: setPoint was not sent: celsius must be -5 to 45
            Readings of north
            20.75 2 {"x":1}

            """,
            run.Output);
    }

    private static string GlobalPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static async Task DotnetAsync(params string[] arguments)
    {
        ChildResult result = await ChildProcess.RunAsync("dotnet", arguments);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{result.Output}{result.Errors}");
    }
}
