using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.LocalCloud.Pki;

/// <summary>
/// The local cloud's own certificate authority (EC P-256). It is created on first use and stored in the data directory, so that
/// certificates stay valid when the cloud restarts.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    public const int AuthorityDays = 20 * 365;

    public const int ClientDays = 10 * 365;

    /// <summary>Clients reject more than 398 days.</summary>
    public const int ServerDays = 397;

    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private static readonly X500DistinguishedName AuthorityName = Name("EdgeJobs local CA");

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _clock;

    private CertificateAuthority(X509Certificate2 certificate, TimeProvider clock)
    {
        _certificate = certificate;
        _clock = clock;
        CertificatePem = certificate.ExportCertificatePem();
    }

    /// <summary>The contents of <c>ca.pem</c>, which clients trust.</summary>
    public string CertificatePem { get; }

    /// <summary>Owned by this object.</summary>
    public X509Certificate2 Certificate => _certificate;

    /// <summary>
    /// Loads the authority from <paramref name="directory"/> (<c>ca.pem</c>, <c>ca.key</c>), or creates it if there is none.
    /// </summary>
    /// <exception cref="PkiException">The key is missing or unreadable, or does not match the certificate.</exception>
    public static CertificateAuthority LoadOrCreate(string directory, TimeProvider clock)
    {
        string certificateFile = Path.Combine(directory, "ca.pem");
        string keyFile = Path.Combine(directory, "ca.key");
        bool hasCertificate = File.Exists(certificateFile);
        // Never replace a certificate silently: it would invalidate every thing's certificate. (A key without a certificate is the
        // remnant of an interrupted first start; nothing was issued with it.)
        if (hasCertificate && !File.Exists(keyFile))
        {
            throw new PkiException(
                $"{keyFile} is missing although {certificateFile} exists: restore it, or delete {directory} and create new certificates "
                + "for the things");
        }

        if (hasCertificate)
        {
            return new CertificateAuthority(Load(certificateFile, keyFile), clock);
        }

        try
        {
            CreatePrivateDirectory(directory);
            X509Certificate2 created = Create(clock);
            using ECDsa key = created.GetECDsaPrivateKey()!;
            PemFile.WriteKey(keyFile, key.ExportPkcs8PrivateKeyPem());
            PemFile.WriteCertificate(certificateFile, created.ExportCertificatePem());
            return new CertificateAuthority(created, clock);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PkiException($"can't write the certificate authority to {directory}: {e.Message}", e);
        }
    }

    /// <summary>Issues a client certificate.</summary>
    /// <param name="commonName">The subject's common name: the thing name.</param>
    /// <param name="life">The validity period; default <see cref="ClientDays"/>.</param>
    public IssuedCertificate IssueClient(string commonName, TimeSpan? life = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(Name(commonName), key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = Issue(request, ClientUsage, life ?? TimeSpan.FromDays(ClientDays), alternativeNames: null);
        return new IssuedCertificate(
            CertificateId(certificate),
            certificate.ExportCertificatePem(),
            key.ExportSubjectPublicKeyInfoPem(),
            key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Issues a client certificate for a key that its owner keeps.</summary>
    /// <param name="requestPem">The certificate signing request (PKCS #10); its subject becomes the certificate's.</param>
    /// <param name="id">The certificate's id.</param>
    /// <param name="pem">The certificate.</param>
    /// <param name="fault">Why the request is rejected.</param>
    public bool TryIssue(string requestPem, [NotNullWhen(true)] out string? id, [NotNullWhen(true)] out string? pem, out string fault)
    {
        id = pem = null;
        fault = string.Empty;
        try
        {
            // Its signature proves possession of the key.
            CertificateRequest request = CertificateRequest.LoadSigningRequestPem(
                requestPem, HashAlgorithmName.SHA256, signerSignaturePadding: RSASignaturePadding.Pkcs1);
            using RSA? rsa = request.PublicKey.GetRSAPublicKey();
            using ECDsa? ec = request.PublicKey.GetECDsaPublicKey();
            if (rsa is not { KeySize: >= 2048 } && ec is not { KeySize: 256 or 384 or 521 })
            {
                fault = "The key must be RSA of 2048 bits or more, or EC on P-256, P-384 or P-521";
                return false;
            }

            using X509Certificate2 certificate = Issue(
                new CertificateRequest(request.SubjectName, request.PublicKey, HashAlgorithmName.SHA256), ClientUsage,
                TimeSpan.FromDays(ClientDays), alternativeNames: null);
            id = CertificateId(certificate);
            pem = certificate.ExportCertificatePem();
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            fault = "The certificate signing request can't be parsed, or its signature is invalid";
            return false;
        }
    }

    /// <summary>Issues a server certificate, including its private key, for host names and addresses.</summary>
    public X509Certificate2 IssueServer(IReadOnlyList<string> names)
    {
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(Name(names[0]), key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = Issue(request, ServerUsage, TimeSpan.FromDays(ServerDays), alternatives.Build());
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>Lower-case hexadecimal SHA-256 of the certificate's DER form.</summary>
    public static string CertificateId(X509Certificate2 certificate) =>
        certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    public void Dispose() => _certificate.Dispose();

    public bool HasIssued(X509Certificate2 certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        return chain.Build(certificate);
    }

    /// <summary>Creates a directory with mode 700; an existing one keeps its mode.</summary>
    internal static void CreatePrivateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new PkiException($"can't use the certificate authority in {certificateFile} and {keyFile}: {e.Message}", e);
        }
    }

    private static X509Certificate2 Create(TimeProvider clock)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(AuthorityName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = clock.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(AuthorityDays));
    }

    private static X500DistinguishedName Name(string commonName)
    {
        X500DistinguishedNameBuilder builder = new();
        builder.AddCommonName(commonName);
        return builder.Build();
    }

    private X509Certificate2 Issue(CertificateRequest request, string usage, TimeSpan life, X509Extension? alternativeNames)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            _certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }

        byte[] serial = RandomNumberGenerator.GetBytes(16);
        // Positive, with a non-zero first byte.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        DateTimeOffset now = _clock.GetUtcNow();
        // Backdated by a day, for boards whose clock is late; not before the authority's own certificate.
        DateTimeOffset from = Max(now.AddDays(-1), _certificate.NotBefore);
        DateTimeOffset until = Min(now + life, _certificate.NotAfter);
        using ECDsa signer = _certificate.GetECDsaPrivateKey()!;
        return request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), from, until, serial);
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTime b) => a > b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTime b) => a < b ? a : b;
}
