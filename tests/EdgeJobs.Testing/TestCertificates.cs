using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Testing;

/// <summary>A certificate authority and its certificates, as PEM files in a directory.</summary>
public sealed class TestCertificates : IDisposable
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CertificatePolicies = "2.5.29.32";

    private readonly string _directory;
    private readonly ECDsa _caKey;
    private readonly X509Certificate2 _ca;
    private readonly string _chain;

    public TestCertificates(string directory, string name = "EdgeJobs Test CA")
        : this(directory, name, null)
    {
    }

    private TestCertificates(string directory, string name, TestCertificates? issuer)
    {
        _directory = directory;
        _caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _ca = issuer is null
            ? RequestAuthority(name, _caKey).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-60), DateTimeOffset.UtcNow.AddYears(10))
            : issuer.Sign(RequestAuthority(name, _caKey));
        string pem = _ca.ExportCertificatePem() + "\n";
        _chain = issuer is null ? "" : pem + issuer._chain;
        CaFile = Path.Combine(directory, "ca-" + Guid.NewGuid().ToString("N")[..8] + ".pem");
        File.WriteAllText(CaFile, pem);
    }

    public string CaFile { get; }

    /// <summary>
    /// Issues a server certificate for localhost and the loopback addresses, or for another host name; a null usage omits the
    /// extended key usage.
    /// </summary>
    /// <param name="name">The common name of the subject.</param>
    /// <param name="host">The host name; null for loopback.</param>
    /// <param name="notBefore">The begin of its validity.</param>
    /// <param name="notAfter">The end of its validity.</param>
    /// <param name="key">Its key.</param>
    /// <param name="purpose">Its extended key usage.</param>
    /// <param name="oid">An object identifier that its subject, its extended key usage and its policies also contain.</param>
    /// <param name="download">Where it says that its issuer's certificate, OCSP and revocation list are.</param>
    public CertificateFiles IssueServer(
        string name = "server",
        string? host = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null,
        TestKey key = TestKey.EcP256,
        string? purpose = ServerAuthentication,
        string? oid = null,
        string? download = null)
    {
        SubjectAlternativeNameBuilder names = new();
        if (host is null)
        {
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }
        else
        {
            names.AddDnsName(host);
        }

        return Issue(name, key, names, notBefore, notAfter, purpose, oid: oid, download: download);
    }

    /// <summary>Issues a client certificate for a thing; a null usage omits the extended key usage.</summary>
    public CertificateFiles IssueClient(
        string name,
        TestKey key = TestKey.EcP256,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null,
        string? purpose = ClientAuthentication,
        X509KeyUsageFlags usage = X509KeyUsageFlags.None) =>
        Issue(name, key, null, notBefore, notAfter, purpose, usage);

    /// <summary>
    /// Issues a certificate for a public key in DER form, for a private key in a token; returns the certificate file.
    /// </summary>
    public string IssueClientFor(string name, byte[] publicKey)
    {
        PublicKey key = PublicKey.CreateFromSubjectPublicKeyInfo(publicKey, out _);
        CertificateRequest request = new(new X500DistinguishedName("CN=" + name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_ca, true, false));
        using X509Certificate2 certificate = Sign(request);
        string file = Path.Combine(_directory, $"{name}-{Guid.NewGuid().ToString("N")[..6]}.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + _chain);
        return file;
    }

    /// <summary>Writes a PEM file of revoked certificates.</summary>
    public string Revoke(params ReadOnlySpan<CertificateFiles> revoked)
    {
        CertificateRevocationListBuilder list = new();
        foreach (CertificateFiles files in revoked)
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(File.ReadAllText(files.Certificate));
            list.AddEntry(certificate);
        }

        byte[] der = list.Build(
            _ca.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_caKey),
            1,
            DateTimeOffset.UtcNow.AddDays(1),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_ca, true, false));
        string file = Path.Combine(_directory, $"revoked-{Guid.NewGuid().ToString("N")[..6]}.pem");
        File.WriteAllText(file, PemEncoding.WriteString("X509 CRL", der) + "\n");
        return file;
    }

    /// <summary>Creates an intermediate authority. Its files hold its own certificate after the issued one.</summary>
    public TestCertificates IssueAuthority(string name) => new(_directory, name, this);

    /// <summary>Cross-signs another authority, so that a chain can end in either; returns the PEM text.</summary>
    public string CrossSign(TestCertificates other)
    {
        using X509Certificate2 certificate = Sign(RequestAuthority(other._ca.SubjectName.Name["CN=".Length..], other._caKey));
        return certificate.ExportCertificatePem() + "\n";
    }

    public void Dispose()
    {
        _ca.Dispose();
        _caKey.Dispose();
    }

    private CertificateFiles Issue(
        string name,
        TestKey kind,
        SubjectAlternativeNameBuilder? names,
        DateTimeOffset? notBefore,
        DateTimeOffset? notAfter,
        string? purpose,
        X509KeyUsageFlags usage = X509KeyUsageFlags.None,
        string? oid = null,
        string? download = null)
    {
        (AsymmetricAlgorithm key, string pem) = CreateKey(kind);
        using (key)
        {
            X500DistinguishedName subject = new("CN=" + name + (oid is null ? "" : $", OID.{oid}=unusual"));
            CertificateRequest request = key is RSA rsa
                ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
            request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_ca, true, false));
            if (purpose is not null)
            {
                OidCollection purposes = [new Oid(purpose), .. oid is null ? (Oid[])[] : [new Oid(oid)]];
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
            }

            if (oid is not null)
            {
                request.CertificateExtensions.Add(Policies(oid));
            }

            if (download is not null)
            {
                request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([download], [download]));
                request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([download]));
            }

            if (usage != X509KeyUsageFlags.None)
            {
                request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
            }

            if (names is not null)
            {
                request.CertificateExtensions.Add(names.Build());
            }

            using X509Certificate2 certificate = Sign(request, notBefore, notAfter);
            string stem = Path.Combine(_directory, $"{name}-{kind}-{Guid.NewGuid().ToString("N")[..6]}");
            File.WriteAllText(stem + ".pem", certificate.ExportCertificatePem() + "\n" + _chain);
            File.WriteAllText(stem + ".key", pem + "\n");
            File.SetUnixFileMode(stem + ".key", UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return new CertificateFiles(stem + ".pem", stem + ".key");
        }
    }

    private static X509Extension Policies(string oid)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(oid);
        }

        return new X509Extension(CertificatePolicies, writer.Encode(), critical: false);
    }

    private static CertificateRequest RequestAuthority(string name, ECDsa key)
    {
        CertificateRequest request = new("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null) =>
        request.Create(
        _ca.SubjectName,
        X509SignatureGenerator.CreateForECDsa(_caKey),
        notBefore ?? DateTimeOffset.UtcNow.AddDays(-30),
        notAfter ?? DateTimeOffset.UtcNow.AddYears(1),
        RandomNumberGenerator.GetBytes(16));

    private static (AsymmetricAlgorithm Key, string Pem) CreateKey(TestKey kind)
    {
        if (kind is TestKey.Rsa2048Pkcs1 or TestKey.Rsa2048Pkcs8 or TestKey.Rsa4096)
        {
            RSA rsa = RSA.Create(kind == TestKey.Rsa4096 ? 4096 : 2048);
            return (rsa, kind == TestKey.Rsa2048Pkcs1 ? rsa.ExportRSAPrivateKeyPem() : rsa.ExportPkcs8PrivateKeyPem());
        }

        ECDsa ec = ECDsa.Create(kind switch
        {
            TestKey.EcP384 => ECCurve.NamedCurves.nistP384,
            TestKey.EcP521 => ECCurve.NamedCurves.nistP521,
            _ => ECCurve.NamedCurves.nistP256,
        });
        return (ec, kind == TestKey.EcP256Sec1 ? ec.ExportECPrivateKeyPem() : ec.ExportPkcs8PrivateKeyPem());
    }
}

public sealed record CertificateFiles(string Certificate, string Key);

/// <summary>The kinds and encodings of private keys.</summary>
public enum TestKey
{
    EcP256,
    EcP256Sec1,
    EcP384,
    EcP521,
    Rsa2048Pkcs1,
    Rsa2048Pkcs8,
    Rsa4096,
}
