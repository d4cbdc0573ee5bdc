using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The commands of the guides that install the package, word for word apart from names and what needs a running systemd, on a copy of this
/// machine's root directory. The package is that for x64.
/// </summary>
public sealed class BoardGuideTests(DebianPackageTests.Package package) : IClassFixture<DebianPackageTests.Package>, IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [RootFact]
    public async Task The_commands_of_on_a_board_connect_the_board()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        await PrepareAsync(cloud, "my-board");
        string install = string.Join('\n', GuideTests.Block("on-a-board.md", "## Install", 0).Split('\n')
            .Where(line => !line.Contains("nano", StringComparison.Ordinal) && !line.Contains("systemctl", StringComparison.Ordinal)));
        string page = await File.ReadAllTextAsync(Repository.PathOf("docs", "guide", "on-a-board.md"));
        string doctor = page.Split("run `")[1].Split('`')[0];
        Assert.StartsWith("sudo -u edgejobs edgejobs doctor ", doctor, StringComparison.Ordinal);

        string output = await RunAsync("board", $"""
            {install.Replace("_arm64.deb", "_amd64.deb", StringComparison.Ordinal)}
            sed -i 's#// "\(endpoint\|thing_name\|cert\|key\)"#"\1"#; s#"ENDPOINT"#"localhost:{cloud.Mqtts.Port}"#; s#"THING"#"my-board"#' \
              /etc/edgejobs/edgejobs.json
            {doctor} --ca_file /test/ca.pem
            """);
        Assert.Contains("no faults, ", output, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_commands_of_from_device_client_change_the_agent()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        await PrepareAsync(cloud, "my-board");
        Directory.CreateDirectory(_directory["test/.aws-iot-device-client"]);
        _directory.Write("test/.aws-iot-device-client/aws-iot-device-client.conf", $$"""
            {
              "endpoint": "localhost:{{cloud.Mqtts.Port}}", "thing-name": "my-board", "root-ca": "/etc/edgejobs/ca.pem",
              "cert": "/etc/edgejobs/thing.pem", "key": "/etc/edgejobs/thing.key"
            }
            """);
        string change = string.Join('\n', GuideTests.Block("from-device-client.md", "## Change the agent", 1).Split('\n')
            .Where(line => !line.Contains("systemctl", StringComparison.Ordinal)));
        string output = await RunAsync("board", $"""
            apt install --yes ./edgejobs_*_amd64.deb
            install -m 644 my-board.pem /etc/edgejobs/thing.pem
            install -m 600 my-board.key /etc/edgejobs/thing.key
            install -m 644 ca.pem /etc/edgejobs/ca.pem
            {GuideTests.Block("from-device-client.md", "## Change the agent", 0)}
            {change}
            """);
        Assert.Contains("set     thing-name: thing_name", output, StringComparison.Ordinal);
        Assert.Contains("no faults, ", output, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task The_commands_of_offline_image_make_an_image_whose_boards_provision_themselves()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        await PrepareAsync(cloud, "another");
        await cloud.CallAsync(["template", "create", "pumps", "--body", _directory.Write("template.json", PumpTemplate.Body)]);
        await cloud.CallAsync(["claim", "create", "pumps", "--out", _directory["test"]]);
        string output = await RunAsync("image", $$"""
            {{GuideTests.Block("offline-image.md", "## Install the package", 0)}}
            {{GuideTests.Block("offline-image.md", "## Add settings and claim", 0)
                .Replace("ENDPOINT", $"localhost:{cloud.Mqtts.Port}", StringComparison.Ordinal)}}
            {{GuideTests.Block("offline-image.md", "## Add settings and claim", 1)}}
            [ ! -s image/etc/machine-id ]
            chroot image systemctl is-enabled edgejobs
            # The board starts.
            echo 4711 > image/etc/machine-id
            cp ca.pem image/etc/edgejobs/ca.pem
            chroot image runuser -u edgejobs -- edgejobs run --config /etc/edgejobs/edgejobs.json --ca_file /etc/edgejobs/ca.pem --once
            chroot image edgejobs status
            """);
        Assert.Contains("identity: thing 'pump-4711', works", output, StringComparison.Ordinal);
    }

    /// <summary>The files that the guides have beside them: the package, certificate and key.</summary>
    private async Task PrepareAsync(CloudProcess cloud, string thing)
    {
        Directory.CreateDirectory(_directory["test"]);
        ThingFiles files = await cloud.CreateThingAsync(thing);
        File.Copy(package.Main, _directory["test/" + Path.GetFileName(package.Main)]);
        File.Copy(files.CaFile, _directory["test/ca.pem"]);
        File.Copy(files.Certificate, _directory[$"test/{thing}.pem"]);
        File.Copy(files.Key, _directory[$"test/{thing}.key"]);
    }

    private async Task<string> RunAsync(string mode, string commands)
    {
        _directory.Write("test/commands", commands);
        await using ChildProcess child = ChildProcess.Start(
            "unshare",
            [
                "--mount", "--propagation", "private", "bash", Path.Combine(AppContext.BaseDirectory, "deb-guide.sh"),
                Directory.CreateDirectory(_directory["root"]).FullName, _directory["test"], mode,
            ]);
        ChildResult result = await child.WaitForExitAsync(TimeSpan.FromMinutes(4));
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }
}
