using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// What <c>eng/release.sh</c> makes of the native binary for x64. <c>eng/reproduce.sh</c> builds the whole twice and compares; it takes too
/// long for this suite.
/// </summary>
public sealed partial class ReleaseTests(ReleaseTests.Release release) : IClassFixture<ReleaseTests.Release>
{
    private static readonly string Inputs = Path.Combine(Path.GetDirectoryName(AgentBinary.X64.Program)!, "inputs");

    [Fact]
    public async Task The_sums_cover_every_file_and_are_signed()
    {
        ChildResult check = await release.RunAsync("sh", ["-c", $"cd '{release.Path}' && sha256sum --check --strict --quiet SHA256SUMS"]);
        Assert.True(check.ExitCode == 0 && check.Output.Length == 0, check.ToString());
        string[] summed = [.. (await File.ReadAllLinesAsync(release["SHA256SUMS"])).Select(line => line[66..])];
        string[] files = [.. Directory.GetFiles(release.Path, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(release.Path, file))
            .Where(file => !file.StartsWith("SHA256SUMS", StringComparison.Ordinal) && !file.Contains("Release", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];
        Assert.Equal(files, summed.Where(file => !file.EndsWith("/Release", StringComparison.Ordinal)));

        ChildResult signature = await release.RunAsync("gpg", ["--verify", release["SHA256SUMS.asc"], release["SHA256SUMS"]]);
        Assert.True(signature.ExitCode == 0, signature.ToString());
        ChildResult forged = await release.RunAsync("gpg", ["--verify", release["SHA256SUMS.asc"], release["provenance.intoto.json"]]);
        Assert.NotEqual(0, forged.ExitCode);
    }

    [Fact]
    public async Task The_same_binary_gives_the_same_release()
    {
        using TestDirectory again = new();
        await release.BuildAsync(again["release"], ("TZ", "Asia/Tokyo"), ("TMPDIR", again.Path));
        foreach (string file in Directory.GetFiles(release.Path, "*", SearchOption.AllDirectories))
        {
            string other = Path.Combine(again["release"], Path.GetRelativePath(release.Path, file));
            Assert.True(Hash(file) == Hash(other), file);
        }
    }

    [Theory]
    [InlineData("edgejobs_{0}_amd64.deb")]
    [InlineData("edgejobs-{0}-linux-x64.tar.gz")]
    public async Task An_SBOM_is_well_formed(string artifact)
    {
        string name = artifact.Replace("{0}", release.Version, StringComparison.Ordinal);
        using JsonDocument bom = await ReadAsync(name + ".cdx.json");
        JsonElement root = bom.RootElement;
        Assert.Equal(("CycloneDX", "1.5", 1), (Text(root, "bomFormat"), Text(root, "specVersion"), root.GetProperty("version").GetInt32()));
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$", Text(root, "serialNumber"));
        JsonElement metadata = root.GetProperty("metadata");
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$", Text(metadata, "timestamp"));
        JsonElement subject = metadata.GetProperty("component");
        Assert.Equal((name, release.Version), (Text(subject, "name"), Text(subject, "version")));
        Assert.Equal(Hash(name), Text(Assert.Single(subject.GetProperty("hashes").EnumerateArray()), "content"));

        HashSet<string> references = [];
        foreach (JsonElement component in root.GetProperty("components").EnumerateArray())
        {
            Assert.Equal("library", Text(component, "type"));
            Assert.NotEqual("", Text(component, "name"));
            Assert.Contains(Text(component, "scope"), (string[])["required", "optional", "excluded"]);
            Assert.True(references.Add(Text(component, "bom-ref")), component.ToString());
            JsonElement licence = Assert.Single(component.GetProperty("licenses").EnumerateArray());
            Assert.True(
                licence.TryGetProperty("expression", out _) || licence.GetProperty("license").TryGetProperty("id", out _),
                component.ToString());
            string linkage = Text(Assert.Single(component.GetProperty("properties").EnumerateArray()), "value");
            Assert.Contains(linkage, (string[])["compiled", "static", "dynamic", "opened", "build"]);
            Assert.NotEqual("", Text(component, "version"));
            if (linkage is "compiled" or "static" or "dynamic")
            {
                JsonElement hash = Assert.Single(component.GetProperty("hashes").EnumerateArray());
                Assert.Matches("^([0-9a-f]{64}|[0-9a-f]{128})$", Text(hash, "content"));
            }
        }

        JsonElement dependencies = Assert.Single(root.GetProperty("dependencies").EnumerateArray());
        Assert.Equal(Text(subject, "bom-ref"), Text(dependencies, "ref"));
        Assert.All(
            dependencies.GetProperty("dependsOn").EnumerateArray(),
            reference => Assert.Contains(reference.GetString()!, references));
    }

    [Fact]
    public async Task The_SBOM_lists_every_package_and_library_of_the_binary()
    {
        using JsonDocument bom = await ReadAsync($"edgejobs_{release.Version}_amd64.deb.cdx.json");
        JsonElement[] components = [.. bom.RootElement.GetProperty("components").EnumerateArray()];
        string[] packages =
            [.. components.Where(c => c.TryGetProperty("purl", out _)).Select(c => Text(c, "purl").ToLowerInvariant())];

        // What the compiler has read: .../packages/ID/VERSION/...
        string[] compiled = [.. (await File.ReadAllLinesAsync(Path.Combine(Inputs, "edgejobs.ilc.rsp")))
            .Select(line => PackagePath().Match(line)).Where(match => match.Success)
            .Select(match => $"pkg:nuget/{match.Groups[1].Value}@{match.Groups[2].Value}").Distinct()];
        Assert.Contains(compiled, package => package.StartsWith("pkg:nuget/mqttnet@", StringComparison.Ordinal));
        Assert.Contains(compiled, package => package.StartsWith("pkg:nuget/microsoft.netcore.app.runtime.", StringComparison.Ordinal));
        Assert.All(compiled, package => Assert.Contains(package, packages));

        string[] names = [.. components.Select(c => Text(c, "name"))];
        ChildResult dynamic = await ChildProcess.RunAsync("readelf", ["--wide", "--dynamic", AgentBinary.X64.Program]);
        string[] needed = [.. NeededLibrary().Matches(dynamic.Output).Select(match => match.Groups[1].Value)];
        Assert.Contains("libc.so.6", needed);
        Assert.All(needed, library => Assert.Contains(library, names));
        string[] linked =
            [.. (await File.ReadAllLinesAsync(Path.Combine(Inputs, "linked.txt"))).Select(path => Path.GetFileName(path)!)];
        Assert.Contains("libRuntime.WorkstationGC.a", linked);
        Assert.Contains("libSystem.Security.Cryptography.Native.OpenSsl.a", linked);
        Assert.All(linked.Where(library => library != "edgejobs.o"), library => Assert.Contains(library, names));

        // The names that the program opens are constants in it. OpenSSL has many, for versions that the agent does not support.
        string text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(AgentBinary.X64.Program));
        string[] opened = [.. LibraryName().Matches(text).Select(match => match.Groups[1].Value).Distinct()];
        Assert.Contains("libssl", opened);
        Assert.All(opened, library => Assert.Contains(names, name => name.StartsWith(library + ".so", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_provenance_names_the_commit_and_every_artifact()
    {
        using JsonDocument provenance = await ReadAsync("provenance.intoto.json");
        JsonElement root = provenance.RootElement;
        Assert.Equal("https://in-toto.io/Statement/v1", Text(root, "_type"));
        Assert.Equal("https://slsa.dev/provenance/v1", Text(root, "predicateType"));
        JsonElement[] subjects = [.. root.GetProperty("subject").EnumerateArray()];
        Assert.Equal(4, subjects.Length);
        Assert.All(subjects, subject => Assert.Equal(Hash(Text(subject, "name")), Text(subject.GetProperty("digest"), "sha256")));
        JsonElement definition = root.GetProperty("predicate").GetProperty("buildDefinition");
        ChildResult head = await ChildProcess.RunAsync("git", ["-C", Repository.PathOf("."), "rev-parse", "HEAD"]);
        JsonElement source = Assert.Single(definition.GetProperty("resolvedDependencies").EnumerateArray());
        Assert.Equal(head.Output.Trim(), Text(source.GetProperty("digest"), "gitCommit"));
    }

    [RootFact]
    public async Task Apt_installs_from_the_signed_repository()
    {
        using TestDirectory directory = new();
        ChildResult key = await release.RunAsync("gpg", ["--armor", "--output", directory["key.asc"], "--export"]);
        Assert.True(key.ExitCode == 0, key.ToString());
        ChildResult result = await release.RunAsync(
            "unshare",
            [
                "--mount", "--propagation", "private", "sh", Path.Combine(AppContext.BaseDirectory, "deb-repository.sh"),
                Directory.CreateDirectory(directory["root"]).FullName, release["apt"], directory["key.asc"], release.Version,
            ]);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static string Text(JsonElement element, string member) => element.GetProperty(member).GetString()!;

    /// <summary>Of a file of the release, or of any other by its full path.</summary>
    private string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(release[file])));

    private async Task<JsonDocument> ReadAsync(string file) => JsonDocument.Parse(await File.ReadAllBytesAsync(release[file]));

    [GeneratedRegex(@"/packages/([^/]+)/([^/]+)/")]
    private static partial Regex PackagePath();

    [GeneratedRegex(@"\(NEEDED\).*\[(.+)\]")]
    private static partial Regex NeededLibrary();

    [GeneratedRegex(@"(?<![A-Za-z0-9_/.-])(lib[a-z0-9_+-]+)\.so")]
    private static partial Regex LibraryName();

    /// <summary>A release, signed with a key of this run.</summary>
    public sealed class Release : IAsyncLifetime
    {
        private const string Signer = "release@example.com";
        private readonly TestDirectory _directory = new();

        public string Path => _directory["release"];

        public string Version { get; } = File.ReadAllText(Repository.PathOf("VERSION")).Trim();

        public string this[string name] => System.IO.Path.Combine(Path, name);

        public async Task InitializeAsync()
        {
            Directory.CreateDirectory(_directory["gnupg"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

            // Older than the commit, whose time the signatures have.
            ChildResult key = await RunAsync(
                "gpg",
                [
                    "--batch", "--faked-system-time", "20200101T000000!", "--passphrase", "", "--quick-generate-key", Signer, "ed25519",
                    "sign", "never",
                ]);
            Assert.True(key.ExitCode == 0, key.ToString());
            await BuildAsync(Path);
        }

        public async Task BuildAsync(string output, params (string Name, string Value)[] environment)
        {
            string binaries = System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(AgentBinary.X64.Program)!)!;
            ChildResult result = await RunAsync(
                Repository.PathOf("eng", "release.sh"),
                ["--binaries", binaries, "--arch", "amd64", "--sign", Signer, "--output", output],
                environment);
            Assert.True(result.ExitCode == 0, result.ToString());
        }

        // Compressing takes long on a machine that does much else.
        public async Task<ChildResult> RunAsync(
            string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
        {
            await using ChildProcess child = ChildProcess.Start(program, arguments, [("GNUPGHOME", _directory["gnupg"]), .. environment]);
            return await child.WaitForExitAsync(TimeSpan.FromMinutes(4));
        }

        public async Task DisposeAsync()
        {
            await RunAsync("gpgconf", ["--kill", "all"]);
            _directory.Dispose();
        }
    }
}
