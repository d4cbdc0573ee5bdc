using EdgeJobs.Testing;

namespace EdgeJobs.Packages.Tests;

/// <summary>A feed with the packages, which are packed once, and projects that are built from it.</summary>
public sealed class PackageFeed : IAsyncLifetime, IDisposable
{
    private static readonly string[] Packed =
        ["generators/EdgeJobs.Generators", "src/EdgeJobs.Protocol", "src/EdgeJobs.Client", "src/EdgeJobs.Runtime"];
    private readonly TestDirectory _directory = new();

    /// <summary>A package.</summary>
    public string this[string id] => Path.Combine(_directory["feed"], $"{id}.{Version}.nupkg");

    public string Version { get; } = File.ReadAllText(Repository.PathOf("VERSION")).Trim();

    public async Task InitializeAsync()
    {
        string feed = Directory.CreateDirectory(_directory["feed"]).FullName;
        foreach (string project in Packed)
        {
            string path = Repository.PathOf(project);
            await DotnetAsync("pack", path, "--configuration", "Release", "--output", feed, "-nodeReuse:false", "-verbosity:quiet");
        }

        Assert.Equal(
            [
                $"EdgeJobs.Client.{Version}.nupkg", $"EdgeJobs.Generators.{Version}.nupkg", $"EdgeJobs.Protocol.{Version}.nupkg",
                $"EdgeJobs.Runtime.{Version}.nupkg",
            ],
            Directory.GetFiles(feed).Select(f => Path.GetFileName(f)).Order());

        // The feed is added to the sources of this machine. Packages are restored into a directory of the test, so that an older
        // build of the same version is never used.
        _directory.Write(
            "nuget.config",
            $"""<configuration><packageSources><add key="edgejobs-test" value="{feed}" /></packageSources></configuration>""");
    }

    /// <summary>Copies a project out of the repository, builds it and returns the path of the program.</summary>
    public async Task<string> BuildAsync(string project)
    {
        string directory = Directory.CreateDirectory(_directory[project]).FullName;
        string source = Path.Combine(AppContext.BaseDirectory, project);
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(directory, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await DotnetAsync(
            "build",
            Path.Combine(directory, project + ".csproj"),
            "--configuration",
            "Release",
            "-nodeReuse:false",
            "-verbosity:quiet",
            $"-property:RestoreFallbackFolders={GlobalPackages()}",
            $"-property:RestorePackagesPath={_directory["packages"]}");
        return Path.Combine(directory, "bin", "Release", "net10.0", project + ".dll");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();

    private static string GlobalPackages() =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static async Task DotnetAsync(params string[] arguments)
    {
        ChildResult result = await ChildProcess.RunAsync("dotnet", arguments);
        Assert.True(result.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{result.Output}{result.Errors}");
    }
}
