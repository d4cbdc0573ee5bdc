using System.Globalization;
using System.Net.Sockets;
using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>A virtual ARM64 board: Debian under QEMU with disks of its own, reached over SSH. See eng/board.</summary>
public sealed class Board : IAsyncDisposable
{
    /// <summary>Words for the kernel that leave out what no test needs, for tests that boot often.</summary>
    public static readonly string LeanBoot = string.Join(
        ' ',
        ((string[])
        [
            "e2scrub_reap.service", "systemd-logind.service", "modprobe@drm.service", "modprobe@loop.service", "modprobe@dm_mod.service",
            "modprobe@fuse.service", "modprobe@efi_pstore.service", "modprobe@configfs.service", "dev-hugepages.mount", "dev-mqueue.mount",
            "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer",
        ]).Select(unit => $"systemd.mask={unit}"));

    // An emulated board beside other tests on two processors.
    private static readonly TimeSpan BootDeadline = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CommandDeadline = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    private readonly TestDirectory _directory = new();
    private readonly BoardImage _image;
    private readonly string _port = TestPorts.Free().ToString(CultureInfo.InvariantCulture);
    private ChildProcess? _machine;
    private ChildProcess? _session;

    private Board(BoardImage image) => _image = image;

    /// <summary>Boots a board. Its disk has the content of the image, /dev/vdb is an empty disk of 64 MB.</summary>
    public static async Task<Board> StartAsync(BoardImage image)
    {
        Board board = new(image);
        try
        {
            ChildResult disk = await ChildProcess.RunAsync(
                "qemu-img",
                ["create", "-q", "-f", "qcow2", "-F", "raw", "-b", Path.Combine(image.Directory, "disk.img"), board.Disk]);
            Assert.True(disk.ExitCode == 0, disk.ToString());
            await using (FileStream second = File.Create(board.SecondDisk))
            {
                second.SetLength(64 * 1024 * 1024);
            }

            board.SwitchOn();
            await board.WaitUntilReachedAsync();
            return board;
        }
        catch
        {
            await board.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for a line on the console, which works without the network.</summary>
    public Task WaitForConsoleAsync(string text) =>
        _machine!.WaitForLineAsync(line => line.Contains(text, StringComparison.Ordinal), $"'{text}' on the console");

    private string Disk => _directory["disk.qcow2"];

    private string SecondDisk => _directory["second.img"];

    private string Monitor => _directory["qmp"];

    /// <summary>Starts the machine.</summary>
    /// <param name="words">What the kernel's command line has in addition.</param>
    public void SwitchOn(string words = "") => _machine = ChildProcess.Start(
        Repository.PathOf("eng", "board", "run.sh"),
        [
            "--image", _image.Directory, "--disk", Disk, "--ssh", _port, "--append", words, .. _image.Kernel,
            "--", "-qmp", $"unix:{Monitor},server=on,wait=off", "-drive", $"file={SecondDisk},format=raw,if=virtio",

            // The boards share few processors: an emulated one that waits for its turn holds up the others of its board.
            "-smp", "1",
        ]);

    /// <summary>Waits until the board answers and has started its services, also after a reboot.</summary>
    public async Task WaitUntilReachedAsync()
    {
        using CancellationTokenSource deadline = new(BootDeadline);
        while (!await OpenSessionAsync())
        {
            bool isInTime = _machine!.IsRunning && !deadline.IsCancellationRequested;
            Assert.True(isInTime, $"the board does not answer:\n{_machine.Output}\n{_machine.Errors}");
            await Task.Delay(BetweenTries, CancellationToken.None);
        }

        await RunAsync("systemctl is-system-running --wait || systemctl --failed");
    }

    /// <summary>Kills the machine: what the board has not flushed to its disk is lost.</summary>
    public async Task CutPowerAsync()
    {
        await CloseSessionAsync();
        await _machine!.KillAsync();
        await _machine.DisposeAsync();
    }

    /// <summary>Takes the cable of the network out, or puts it in again.</summary>
    public async Task SetLinkAsync(bool isUp)
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Monitor));
        await using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream, Encoding.UTF8);
        await Wait.ForAsync(reader.ReadLineAsync(), "the greeting of QEMU");
        string up = isUp ? "true" : "false";
        string[] commands =
        [
            """{"execute":"qmp_capabilities"}""",
            $$$"""{"execute":"set_link","arguments":{"name":"net","up":{{{up}}}}}""",
        ];
        foreach (string command in commands)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\n"));
            string? answer;
            do
            {
                answer = await Wait.ForAsync(reader.ReadLineAsync(), "the answer of QEMU");
            }
            while (answer?.Contains("\"event\"", StringComparison.Ordinal) == true);

            Assert.True(answer?.Contains("\"return\"", StringComparison.Ordinal), $"{command}: {answer}");
        }
    }

    /// <summary>Runs a shell command as root, which must succeed, and returns its output.</summary>
    public async Task<string> RunAsync(string command)
    {
        ChildResult result = await TryAsync(command);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output.TrimEnd('\n');
    }

    /// <summary>Runs a shell command as root; 255 is also the exit code if the board can't be reached.</summary>
    public async Task<ChildResult> TryAsync(string command)
    {
        await using ChildProcess ssh = ChildProcess.Start("ssh", [.. Options, "-p", _port, "root@127.0.0.1", command]);
        return await ssh.WaitForExitAsync(CommandDeadline);
    }

    /// <summary>Copies files into a directory of the board.</summary>
    public async Task CopyAsync(string directory, params IEnumerable<string> files)
    {
        await using ChildProcess scp = ChildProcess.Start(
            "scp", [.. Options, "-q", "-P", _port, .. files, $"root@127.0.0.1:{directory}"]);
        ChildResult result = await scp.WaitForExitAsync(CommandDeadline);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseSessionAsync();
        if (_machine is not null)
        {
            await _machine.DisposeAsync();
        }

        _directory.Dispose();
    }

    private string[] Options =>
    [
        "-i", Path.Combine(_image.Directory, "id_ed25519"), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
        "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "-o", "ServerAliveInterval=20",
        "-o", $"ControlPath={_directory["ssh"]}",
    ];

    // Later commands use its connection: a handshake takes an emulated board seconds.
    private async Task<bool> OpenSessionAsync()
    {
        await CloseSessionAsync();
        _session = ChildProcess.Start(
            "ssh", [.. Options, "-o", "ControlMaster=yes", "-p", _port, "root@127.0.0.1", "echo open; exec sleep infinity"]);
        try
        {
            await _session.WaitForLineAsync(line => line == "open", "the session");
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            return false;
        }
    }

    private async Task CloseSessionAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync();
            _session = null;
            File.Delete(_directory["ssh"]);
        }
    }
}
