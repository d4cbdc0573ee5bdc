using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using EdgeJobs.Testing;

namespace EdgeJobs.Packages.Tests;

/// <summary>The packages in projects outside the repository, with their own specs.</summary>
public sealed class PackageTests(PackageFeed feed) : IClassFixture<PackageFeed>
{
    /// <summary>Two programs, one for each side of a spec: requests, replies, events in both directions.</summary>
    [Fact]
    public async Task Two_projects_with_the_same_spec_talk_over_a_broker_with_client_certificates()
    {
        string control = await feed.BuildAsync("Consumer");
        string greenhouse = await feed.BuildAsync("Greenhouse");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        using TestDirectory directory = new();
        await using ChildProcess answering = ChildProcess.Start("dotnet", [greenhouse, .. Arguments("greenhouse"), directory["ready"]]);
        await answering.WaitForFileAsync(directory["ready"]);

        ChildResult run = await ChildProcess.RunAsync("dotnet", [control, .. Arguments("control")]);

        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Equal(
            """
            set: SetPointDoneEffective { Celsius = 21.5, Since =  }
            refused: frost in b8
            Invalid: setPoint was not sent: celsius must be -5 to 45
            north: 20.75
            alerted

            """,
            run.Output);
        Assert.Equal("frost\n", (await answering.WaitForExitAsync()).Output);

        string[] Arguments(string name)
        {
            CertificateFiles files = broker.Certificates.IssueClient(name);
            string port = broker.TlsPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return [port, broker.Certificates.CaFile, files.Certificate, files.Key];
        }
    }

    [Theory]
    [InlineData("generators", "EdgeJobs.Generators", "YamlDotNet")]
    [InlineData("src", "EdgeJobs.Runtime", "MQTTnet")]
    public async Task The_SBOM_of_a_package_lists_its_assemblies_and_dependencies(string directory, string id, string indirect)
    {
        string assets = Repository.PathOf(directory, id, "obj", "project.assets.json");
        ChildResult result = await ChildProcess.RunAsync(Repository.PathOf("eng", "sbom.sh"), ["nuget", assets, feed[id]]);
        Assert.True(result.ExitCode == 0, result.ToString());
        using JsonDocument bom = JsonDocument.Parse(await File.ReadAllBytesAsync(feed[id] + ".cdx.json"));
        string[] listed = [.. bom.RootElement.GetProperty("components").EnumerateArray()
            .Where(component => component.GetProperty("scope").GetString() == "required")
            .Select(component => component.GetProperty("name").GetString()!)];
        Assert.Contains(indirect, listed);

        using ZipArchive package = ZipFile.OpenRead(feed[id]);
        string[] assemblies = [.. package.Entries.Select(entry => entry.FullName)
            .Where(name => name.EndsWith(".dll", StringComparison.Ordinal))];
        Assert.NotEmpty(assemblies);
        Assert.All(assemblies, assembly => Assert.Contains(assembly, listed));
        using Stream nuspec = package.GetEntry(id + ".nuspec")!.Open();
        Assert.All(
            XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency"),
            dependency => Assert.Contains(dependency.Attribute("id")!.Value, listed));
    }

    [Theory]
    [InlineData("src", "EdgeJobs.Client", "README.md")]
    [InlineData("docs", "guide", "own-topics.md")]
    public void The_samples_are_parts_of_the_built_sources(params string[] page)
    {
        string sources = Lines(SourceOf("Consumer") + "\n" + SourceOf("Greenhouse"));
        string[] samples = [.. File.ReadAllText(Repository.PathOf(page)).Split("```csharp\n")[1..].Select(s => Lines(s.Split("```")[0]))];
        Assert.NotEmpty(samples);
        Assert.All(samples, sample => Assert.Contains(sample, sources, StringComparison.Ordinal));

        static string Lines(string text) => string.Join("\n", text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    [Theory]
    [InlineData("Program.cs")]
    [InlineData("topics.json")]
    public void The_documentation_shows_the_built_sources(string file) => Assert.Contains(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "LedAgent", file)),
        File.ReadAllText(Repository.PathOf("docs", "guide", "own-operations.md")),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_custom_agent_has_a_custom_job_operation()
    {
        Assert.InRange(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "LedAgent", "Program.cs")).Length, 1, 39);
        string agent = await feed.BuildAsync("LedAgent");
        using TestDirectory board = new();
        Directory.CreateDirectory(board["leds/status"]);
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ThingFiles thing = await cloud.CreateThingAsync("board-1");
        await cloud.CreateJobAsync("led", thing.Name, """{"operation":"set-led","led":"status","state":"blink","brightness":20}""");
        await cloud.CreateJobAsync("no-such-led", thing.Name, """{"operation":"set-led","led":"mast","state":"on"}""");
        await cloud.CreateJobAsync("faulty", thing.Name, """{"operation":"set-led","state":"purple","brightness":101}""");
        await cloud.CreateJobAsync("unknown", thing.Name, """{"operation":"play-tune"}""");
        await cloud.CreateJobAsync(
            "steps",
            thing.Name,
            """{"version":"1.0","steps":[{"action":{"name":"n","type":"runCommand","input":{"command":"true"}}}]}""");

        ChildResult run = await ChildProcess.RunAsync(
            "env",
            [
                $"LEDS={board["leds"]}", "dotnet", agent, "run", "--once", .. thing.FlagsFor(cloud.Mqtts),
                "--data_dir", board["data"], "--handler_dir", board["leds"],
            ]);

        Assert.True(run.ExitCode == 1, run.ToString());
        Assert.Equal(("timer", "51"), (File.ReadAllText(board["leds/status/trigger"]), File.ReadAllText(board["leds/status/brightness"])));
        Assert.Equal(("SUCCEEDED", "51"), await OutcomeAsync("led", "brightness"));
        Assert.Equal(("FAILED", "step 1 of 1 'set-led' failed: the board has no LED 'mast'"), await OutcomeAsync("no-such-led", "reason"));
        Assert.Equal(
            ("REJECTED", """invalid job document: led: missing; it must be 1 to 32 characters of [a-z0-9:_-]; state: must be one of "on", "off", "blink", not "purple"; brightness: must be 0 to 100"""),
            await OutcomeAsync("faulty", "reason"));
        (string status, string reason) = await OutcomeAsync("unknown", "reason");
        Assert.Equal("REJECTED", status);
        Assert.StartsWith(
            "invalid job document: operation: 'play-tune' is neither an operation of this agent nor a handler",
            reason,
            StringComparison.Ordinal);
        Assert.Equal("SUCCEEDED", (await OutcomeAsync("steps", "reason")).Status);

        async Task<(string Status, string Detail)> OutcomeAsync(string job, string detail)
        {
            ExecutionStatus execution = await cloud.DescribeAsync(thing.Name, job);
            return (execution.Status, execution.Detail(detail));
        }
    }

    private static string SourceOf(string project) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, project, "Program.cs"));
}
