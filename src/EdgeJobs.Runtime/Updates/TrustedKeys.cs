using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// Checks signatures against the public keys of a directory. A certificate is only a container of its key: neither its dates nor its
/// issuer are checked, because the board's owner has chosen it, and removes it to end the trust.
/// </summary>
internal static class TrustedKeys
{
    private const string Pattern = "*.pem";
    private const int MaxFiles = 100;
    private const int MaxFileBytes = 64 * 1024;
    private const int MinRsaBits = 2048;
    private const string KeyLabel = "PUBLIC KEY";
    private const string CertificateLabel = "CERTIFICATE";

    /// <summary>Checks a signature.</summary>
    /// <param name="directory">The directory with the keys; null if the agent has none.</param>
    /// <param name="signature">What the document says about it.</param>
    /// <param name="bytes">The signature.</param>
    /// <param name="hash">The hash of the file.</param>
    /// <returns>Why it is not valid; null if it is.</returns>
    public static string? FindFault(string? directory, FileSignature signature, byte[] bytes, byte[] hash)
    {
        if (FindFault(directory) is { } fault)
        {
            return fault;
        }

        string[] files = Directory.GetFiles(directory!, Pattern);
        Array.Sort(files, StringComparer.Ordinal);
        int fitting = 0;
        string unusable = "";
        foreach (string file in files.AsSpan(0, Math.Min(files.Length, MaxFiles)))
        {
            try
            {
                using AsymmetricAlgorithm key = ReadKey(file);
                if (key is RSA == signature.IsRsa)
                {
                    fitting++;
                    if (IsValid(key, signature, bytes, hash))
                    {
                        return null;
                    }
                }
            }
            catch (Exception e) when (e is IOException or CryptographicException or FormatException or ArgumentException)
            {
                unusable += $"; {Path.GetFileName(file)} can't be used: {e.Message.ReplaceLineEndings(" ")}";
            }
        }

        return $"the signature of the file is not valid for any of the {fitting} keys for {signature.Algorithm} in {directory}{unusable}";
    }

    /// <summary>Why the directory can't be used; null if it can.</summary>
    public static string? FindFault(string? directory) =>
        directory is null ? "the signature of the file can't be checked, as the agent has no trusted keys; set trusted_keys"
        : ProtectedDirectory.FindFault(directory) is { } fault ? fault
        : !Directory.Exists(directory) ? $"the directory of trusted keys, {directory}, does not exist; create it"
        : null;

    /// <summary>The object identifiers of the curves, as a key has them.</summary>
    private static ReadOnlySpan<byte> CurveP256 => [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7];

    private static ReadOnlySpan<byte> CurveP384 => [6, 5, 0x2B, 0x81, 4, 0, 0x22];

    private static bool IsValid(AsymmetricAlgorithm key, FileSignature signature, byte[] bytes, byte[] hash) => key switch
    {
        RSA rsa => rsa.VerifyHash(
            hash,
            bytes,
            signature.IsSha384 ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256,
            signature.IsPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
        ECDsa ecdsa => ecdsa.VerifyHash(hash, bytes, DSASignatureFormat.Rfc3279DerSequence),
        _ => false,
    };

    /// <summary>Reads the first key or certificate of a file.</summary>
    /// <exception cref="IOException">The file can't be read, or must not be trusted.</exception>
    /// <exception cref="CryptographicException">There is no key, or one that the agent does not use.</exception>
    private static AsymmetricAlgorithm ReadKey(string file)
    {
        byte[] content = PrivateFile.Read(file, MaxFileBytes) ?? throw new IOException("it is gone");
        string text = Encoding.Latin1.GetString(content);
        if (!PemEncoding.TryFind(text, out PemFields fields) || text[fields.Label] is not (KeyLabel or CertificateLabel))
        {
            throw new CryptographicException($"it does not begin with a {KeyLabel} or a {CertificateLabel} in PEM format");
        }

        byte[] bytes = Convert.FromBase64String(text[fields.Base64Data]);
        if (text[fields.Label] == KeyLabel)
        {
            return Use(PublicKey.CreateFromSubjectPublicKeyInfo(bytes, out _));
        }

        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(bytes);
        return Use(certificate.PublicKey);
    }

    private static AsymmetricAlgorithm Use(PublicKey key)
    {
        if (key.GetRSAPublicKey() is { } rsa)
        {
            return rsa.KeySize >= MinRsaBits ? rsa : throw new CryptographicException($"its RSA key has less than {MinRsaBits} bits");
        }

        ReadOnlySpan<byte> curve = key.EncodedParameters?.RawData;
        return (curve.SequenceEqual(CurveP256) || curve.SequenceEqual(CurveP384)) && key.GetECDsaPublicKey() is { } ecdsa
            ? ecdsa
            : throw new CryptographicException("its key is not an RSA key or one of the curves P-256 and P-384");
    }
}
