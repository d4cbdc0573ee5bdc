using System.Security.Cryptography;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>The keys that the boards trust, one for each kind, and another one.</summary>
internal sealed class AttackKeys : IDisposable
{
    private readonly ECDsa _vendor = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _vendorRsa = RSA.Create(2048);
    private readonly ECDsa _stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <param name="directory">Gets the public keys.</param>
    public AttackKeys(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "vendor.pem"), _vendor.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(directory, "vendor-rsa.pem"), _vendorRsa.ExportSubjectPublicKeyInfoPem());
    }

    /// <summary>A signature that the boards trust.</summary>
    public byte[] Sign(byte[] file) => Sign(_vendor, file);

    /// <summary>A signature of the trusted RSA key.</summary>
    public byte[] SignWithRsa(byte[] file) => _vendorRsa.SignData(file, HashAlgorithmName.SHA256, RSASignaturePadding.Pss);

    /// <summary>A signature that the boards do not trust.</summary>
    public byte[] SignAsStranger(byte[] file) => Sign(_stranger, file);

    public void Dispose()
    {
        _vendor.Dispose();
        _vendorRsa.Dispose();
        _stranger.Dispose();
    }

    private static byte[] Sign(ECDsa key, byte[] file) =>
        key.SignData(file, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}
