using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>A Mosquitto of its own, ended with the test.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private static readonly string[] Programs = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"];

    private readonly string _directory = Directory.CreateTempSubdirectory("edgejobs-mosquitto-").FullName;
    private readonly string _configuration;
    private Process? _process;

    /// <param name="settings">What the configuration has besides the listener; DIR stands for <paramref name="files"/>' directory.</param>
    /// <param name="files">Files by name, such as certificates.</param>
    public Mosquitto(string settings, params (string Name, string Text)[] files)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, FreePort());
        foreach ((string name, string text) in files)
        {
            File.WriteAllText(Path.Combine(_directory, name), text);
        }

        _configuration = Path.Combine(_directory, "mosquitto.conf");
        // As root it would give up its rights, and then not read the files above.
        string user = Environment.UserName == "root" ? "user root\n" : "";
        File.WriteAllText(_configuration, $"{user}listener {EndPoint.Port} 127.0.0.1\n" + settings.Replace("DIR", _directory, StringComparison.Ordinal));
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Starts it and waits until it accepts.</summary>
    public async Task StartAsync()
    {
        string program = Programs.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("Mosquitto is not installed: apt-get install mosquitto");
        _process = Process.Start(new ProcessStartInfo(program, ["-c", _configuration]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        while (true)
        {
            Assert.False(_process.HasExited, "Mosquitto ended at once");
            using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(EndPoint, deadline.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
            }
        }
    }

    /// <summary>Ends it at once.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_directory, recursive: true);
    }

    // Mosquitto can't be told to take any port.
    private static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }
}
