using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Credentials;

/// <summary>A thing's private key.</summary>
/// <param name="key">An RSA or an ECDsa key.</param>
/// <param name="form">How it is stored, for the operator: <c>PKCS#8</c>, <c>PKCS#8, encrypted</c>.</param>
internal sealed class PrivateKey(AsymmetricAlgorithm key, string form) : IDisposable
{
    public string Description => $"{(key is RSA ? "RSA" : "EC")} {key.KeySize} bit, {form}";

    /// <summary>Combines a certificate with the key.</summary>
    /// <returns>A copy of the certificate that has the key; null if they do not match.</returns>
    public X509Certificate2? Bind(X509Certificate2 certificate)
    {
        try
        {
            return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // The key is of another kind, or belongs to another certificate.
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
