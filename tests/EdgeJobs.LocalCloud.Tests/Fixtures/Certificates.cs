using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Pki;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>An authority, the broker's certificate, and client certificates on request.</summary>
public sealed class Certificates : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edgejobs-certificates-").FullName;
    private readonly CertificateAuthority _authority;

    public Certificates()
    {
        _authority = CertificateAuthority.LoadOrCreate(_directory, TimeProvider.System);
        Server = ServerCertificate.LoadOrRenew(_directory, _authority, ["localhost", "127.0.0.1"], TimeProvider.System);
    }

    public X509Certificate2 Authority => _authority.Certificate;

    public X509Certificate2 Server { get; }

    /// <summary>A certificate of a thing; the caller disposes it.</summary>
    public X509Certificate2 Client(string thing)
    {
        IssuedCertificate issued = _authority.IssueClient(thing);
        return X509Certificate2.CreateFromPem(issued.CertificatePem, issued.PrivateKeyPem);
    }

    public void Dispose()
    {
        Server.Dispose();
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
