using System.ComponentModel;
using System.Diagnostics;

namespace EdgeJobs.Testing;

/// <summary>A Mosquitto process with a plain port and a port with mutual TLS, both on loopback.</summary>
public sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly bool _isOwnAuthority;
    private Process? _process;

    private MosquittoBroker(
        TestCertificates? certificates,
        CertificateFiles? server,
        string? acl,
        string? tlsVersion,
        string? roles,
        string? revoked)
    {
        _isOwnAuthority = certificates is null;
        Certificates = certificates ?? new TestCertificates(_directory.Path);
        CertificateFiles files = server ?? Certificates.IssueServer();

        // As root, Mosquitto switches to a user who cannot read these files, unless the configuration names one.
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

    /// <summary>The certificate authority of the server certificate.</summary>
    public TestCertificates Certificates { get; }

    public int PlainPort { get; } = TestPorts.Free();

    public int TlsPort { get; } = TestPorts.Free();

    public string Log => File.Exists(_directory["mosquitto.log"]) ? File.ReadAllText(_directory["mosquitto.log"]) : "";

    /// <summary>Starts a broker and waits until both ports accept.</summary>
    /// <param name="acl">The text of the ACL file; null allows everything.</param>
    /// <param name="certificates">The certificate authority; null for a new one.</param>
    /// <param name="server">The server certificate; null for one for loopback.</param>
    /// <param name="tlsVersion">The only version of TLS, such as <c>tlsv1.2</c>; null for the default.</param>
    /// <param name="roles">
    /// The configuration of the dynamic security plugin, which can refuse subscriptions, unlike an ACL file; null for none.
    /// </param>
    /// <param name="revoked">A PEM file of revoked certificates; null for none.</param>
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

    /// <summary>Starts the process, the first time or after <see cref="KillAsync"/>.</summary>
    public async Task StartAsync()
    {
        try
        {
            // On Debian it is in /usr/sbin, which is in the PATH of root only.
            string program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
            string[] arguments = ["-c", _directory["mosquitto.conf"]];
            ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("mosquitto is not installed; run ./test.sh PROJECT, which installs it", e);
        }

        await TestPorts.WaitUntilOpenAsync(PlainPort, Wait.Deadline);
        await TestPorts.WaitUntilOpenAsync(TlsPort, Wait.Deadline);
    }

    /// <summary>Sends SIGKILL, which simulates a power cut.</summary>
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

    /// <summary>On Debian the directory is named after the processor architecture.</summary>
    private static string FindDynamicSecurity() =>
        Directory.EnumerateDirectories("/usr/lib").Select(directory => Path.Combine(directory, "mosquitto_dynamic_security.so"))
            .FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException(
            "mosquitto_dynamic_security.so is not in /usr/lib/*; run ./test.sh PROJECT, which installs mosquitto");
}
