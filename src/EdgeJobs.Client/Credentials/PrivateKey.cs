using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Credentials;

/// <summary>A thing's private key, ready to sign.</summary>
/// <param name="key">An RSA or an ECDsa key.</param>
/// <param name="form">How it is kept, for an operator: <c>PKCS#8</c>, <c>PKCS#8, encrypted</c>.</param>
internal sealed class PrivateKey(AsymmetricAlgorithm key, string form) : IDisposable
{
    /// <summary>What it is, for an operator.</summary>
    public string Description => $"{(key is RSA ? "RSA" : "EC")} {key.KeySize} bit, {form}";

    /// <summary>Puts the key behind its certificate.</summary>
    /// <returns>A copy of the certificate that has the key; null when it is not the key's.</returns>
    public X509Certificate2? Bind(X509Certificate2 certificate)
    {
        try
        {
            return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // Of another kind, or of another certificate.
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
