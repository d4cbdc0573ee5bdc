namespace EdgeJobs.Testing;

/// <summary>
/// The real dpkg and apt with a root directory of their own: programs that call them with it. Nothing changes in the packages of this
/// machine.
/// </summary>
public sealed class PackageRoot
{
    /// <summary>The name of the packages.</summary>
    public const string Name = "edgejobs-test-pump";

    private const UnixFileMode Executable = (UnixFileMode)0x1ED;
    private const string DpkgOption = "--force-script-chrootless";
    private readonly string _directory;

    /// <param name="directory">An existing directory.</param>
    /// <param name="hasApt">Whether there is apt.</param>
    public PackageRoot(string directory, bool hasApt)
    {
        _directory = directory;
        string[] directories =
        [
            "var/lib/dpkg/updates", "var/lib/dpkg/info", "var/lib/dpkg/triggers", "etc/apt/apt.conf.d", "etc/apt/preferences.d",
            "etc/apt/sources.list.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt",
        ];
        foreach (string part in directories)
        {
            Directory.CreateDirectory($"{Root}/{part}");
        }

        foreach (string file in (string[])["var/lib/dpkg/status", "var/lib/dpkg/available", "etc/apt/sources.list"])
        {
            File.WriteAllText($"{Root}/{file}", "");
        }

        Directory.CreateDirectory(Programs);
        string head = $"echo \"$(basename $0) $*\" >> {directory}/calls; export PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        WriteProgram("dpkg", $"{head}\nexec dpkg --root={Root} {DpkgOption} \"$@\"");
        WriteProgram("dpkg-query", $"exec /usr/bin/dpkg-query --admindir={Root}/var/lib/dpkg \"$@\"");
        if (hasApt)
        {
            WriteProgram(
                "apt-get",
                $"{head}\nexec apt-get -o Dir={Root} -o Dir::State::status={Root}/var/lib/dpkg/status -o Dir::Bin::dpkg=/usr/bin/dpkg "
                    + $"-o Dpkg::Options::=--root={Root} -o Dpkg::Options::={DpkgOption} \"$@\"");
        }
    }

    /// <summary>Where the packages are.</summary>
    public string Root => $"{_directory}/root";

    /// <summary>The directory of the programs, for the start of PATH. They add their calls to the file <c>calls</c> beside it.</summary>
    public string Programs => $"{_directory}/bin";

    /// <summary>The file in the package.</summary>
    public string VersionFile => $"{Root}/opt/pump/version";

    public void WriteProgram(string name, string script)
    {
        File.WriteAllText($"{Programs}/{name}", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode($"{Programs}/{name}", Executable);
    }

    /// <summary>The state and version of the package for dpkg, and the version in its file; empty if dpkg does not know it.</summary>
    public async Task<string> StateAsync()
    {
        ChildResult result = await ChildProcess.RunAsync(
            $"{Programs}/dpkg-query", ["--show", "--showformat=${db:Status-Status} ${Version}", Name]);
        string version = File.Exists(VersionFile) ? await File.ReadAllTextAsync(VersionFile) : "";
        return result.ExitCode != 0 ? "" : $"{result.Output.Trim()} {version}";
    }

    /// <summary>Builds a package with one file that has the version, and a configuration file.</summary>
    /// <param name="version">The version.</param>
    /// <param name="scripts">Its scripts, by name.</param>
    /// <returns>The path of the package.</returns>
    public async Task<string> PackAsync(string version, params (string Name, string Text)[] scripts)
    {
        string tree = $"{_directory}/tree";
        Directory.CreateDirectory($"{tree}/DEBIAN");
        Directory.CreateDirectory($"{tree}/opt/pump");
        Directory.CreateDirectory($"{tree}/etc");
        await File.WriteAllTextAsync($"{tree}/opt/pump/version", version);
        await File.WriteAllTextAsync($"{tree}/etc/pump.conf", $"of {version}\n");
        await File.WriteAllTextAsync($"{tree}/DEBIAN/conffiles", "/etc/pump.conf\n");
        await File.WriteAllTextAsync(
            $"{tree}/DEBIAN/control",
            $"Package: {Name}\nVersion: {version}\nArchitecture: all\nMaintainer: T <t@example.com>\nDescription: a test\n");
        foreach ((string name, string text) in scripts)
        {
            await File.WriteAllTextAsync($"{tree}/DEBIAN/{name}", $"#!/bin/sh\n{text}\n");
            File.SetUnixFileMode($"{tree}/DEBIAN/{name}", Executable);
        }

        string file = $"{_directory}/{version}.deb";
        ChildResult built = await ChildProcess.RunAsync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, file]);
        Directory.Delete(tree, recursive: true);
        return built.ExitCode == 0 ? file : throw new InvalidOperationException(built.ToString());
    }
}
