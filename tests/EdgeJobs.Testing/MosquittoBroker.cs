using System.ComponentModel;
using System.Diagnostics;

namespace EdgeJobs.Testing;

/// <summary>A Mosquitto of its own: a plain port and one with mutual TLS, both on loopback.</summary>
public sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly bool _isOwnAuthority;
    private Process? _process;

    private MosquittoBroker(TestCertificates? certificates, CertificateFiles? server, string? acl, string? tlsVersion, string? roles, string? revoked)
    {
        _isOwnAuthority = certificates is null;
        Certificates = certificates ?? new TestCertificates(_directory.Path);
        CertificateFiles files = server ?? Certificates.IssueServer();

        // Mosquitto started by root turns into another user, who could not read these files; it is told to stay.
        string configuration = $"""
            per_listener_settings false
            persistence false
            log_dest file {_directory["mosquitto.log"]}
            log_type all
            set_tcp_nodelay true
            allow_anonymous true
            user {Environment.UserName}
            {(acl is null ? "" : "acl_file " + _directory.Write("acl", acl))}
            {(roles is null ? "" : $"plugin {FindDynamicSecurity()}\nplugin_opt_config_file {_directory.Write("roles.json", roles)}")}
            listener {PlainPort} 127.0.0.1
            listener {TlsPort} 127.0.0.1
            cafile {Certificates.CaFile}
            certfile {files.Certificate}
            keyfile {files.Key}
            require_certificate true
            use_identity_as_username true
            {(tlsVersion is null ? "" : "tls_version " + tlsVersion)}
            {(revoked is null ? "" : "crlfile " + revoked)}

            """;
        _directory.Write("mosquitto.conf", configuration);
    }

    /// <summary>The CA that issued the server's certificate and may issue clients'.</summary>
    public TestCertificates Certificates { get; }

    public int PlainPort { get; } = TestPorts.Free();

    public int TlsPort { get; } = TestPorts.Free();

    /// <summary>What Mosquitto has logged so far.</summary>
    public string Log => File.Exists(_directory["mosquitto.log"]) ? File.ReadAllText(_directory["mosquitto.log"]) : "";

    /// <summary>Starts a broker and waits until both ports accept.</summary>
    /// <param name="acl">Mosquitto's ACL file; everything is allowed when null.</param>
    /// <param name="certificates">The CA; one of its own when null.</param>
    /// <param name="server">The server's certificate; one for loopback when null.</param>
    /// <param name="tlsVersion">The only version of TLS, such as <c>tlsv1.2</c>; Mosquitto's choice when null.</param>
    /// <param name="roles">The configuration of Mosquitto's dynamic security plugin, which unlike an ACL file can refuse subscriptions; not used when null.</param>
    /// <param name="revoked">A PEM file of revoked certificates; none when null.</param>
    public static async Task<MosquittoBroker> StartAsync(
        string? acl = null,
        TestCertificates? certificates = null,
        CertificateFiles? server = null,
        string? tlsVersion = null,
        string? roles = null,
        string? revoked = null)
    {
        MosquittoBroker broker = new(certificates, server, acl, tlsVersion, roles, revoked);
        await broker.StartAsync();
        return broker;
    }

    /// <summary>Starts the process again after <see cref="KillAsync"/>.</summary>
    public async Task StartAsync()
    {
        try
        {
            // Debian puts it where only root's PATH leads.
            string program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
            ProcessStartInfo start = new(program, ["-c", _directory["mosquitto.conf"]]) { RedirectStandardError = true, RedirectStandardOutput = true };

            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("mosquitto is not installed: apt-get install mosquitto (./test.sh does it)", e);
        }

        await TestPorts.WaitUntilOpenAsync(PlainPort, Wait.Deadline);
        await TestPorts.WaitUntilOpenAsync(TlsPort, Wait.Deadline);
    }

    /// <summary>Kills the process as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_isOwnAuthority)
        {
            Certificates.Dispose();
        }

        _directory.Dispose();
    }

    /// <summary>Debian keeps it in a directory that is named after the processor.</summary>
    private static string FindDynamicSecurity() =>
        Directory.EnumerateDirectories("/usr/lib").Select(directory => Path.Combine(directory, "mosquitto_dynamic_security.so")).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("mosquitto_dynamic_security.so is in no directory of /usr/lib: apt-get install mosquitto (./test.sh does it)");
}
