using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Loads the credential files and records a list of checks. Connecting and inspecting share it: a connection fails with the first fault,
/// an inspection reports all checks.
/// </summary>
internal sealed class CredentialLoader(MqttConnectionOptions options, TimeProvider time) : IDisposable
{
    private readonly DateTimeOffset _now = time.GetUtcNow();
    private readonly List<CredentialCheck> _checks = [];
    private X509Certificate2Collection? _certificates;
    private X509Certificate2? _leaf;
    private X509Certificate2Collection? _roots;

    public IReadOnlyList<CredentialCheck> Checks => _checks;

    /// <summary>The authorities of the CA file; null if there is none.</summary>
    public X509Certificate2Collection? Roots => _roots;

    /// <summary>Loads and checks all files; a fault does not stop it.</summary>
    public void Load()
    {
        if (options.CertificateFile is null && options.KeyFile is null)
        {
            for (CredentialAspect aspect = CredentialAspect.CertificateFile; aspect < CredentialAspect.CaFile; aspect++)
            {
                Add(aspect, CheckOutcome.Skipped, "no certificate and no key are given; the server must accept that");
            }
        }
        else
        {
            LoadIdentity();
        }

        LoadAuthorities();
    }

    /// <summary>Transfers ownership of the loaded credentials.</summary>
    /// <returns>Null if the thing has no certificate.</returns>
    /// <exception cref="CredentialException">The first fault.</exception>
    public ClientCredentials? Take()
    {
        foreach (CredentialCheck check in _checks)
        {
            if (check.Outcome == CheckOutcome.Failed)
            {
                throw new CredentialException(check.Message);
            }
        }

        if (_leaf is not { } leaf || _certificates is not { } others)
        {
            return null;
        }

        (_leaf, _certificates) = (null, null);
        return new ClientCredentials(leaf, others, options.CertificateFile!, [.. _checks]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaf?.Dispose();
        PemFile.Release(_certificates ?? []);
    }

    private void LoadIdentity()
    {
        CredentialCheck? certificateFault = null;
        if (options.CertificateFile is not { } file)
        {
            certificateFault = new(CredentialAspect.CertificateFile, CheckOutcome.Failed, "there is a private key and no certificate; give "
                + "--cert as well");
        }
        else
        {
            try
            {
                _certificates = PemFile.ReadCertificates(file, "certificate", "--cert");
            }
            catch (CredentialException e)
            {
                certificateFault = new(CredentialAspect.CertificateFile, CheckOutcome.Failed, e.Message);
            }
        }

        // The key is read first: it identifies the thing's certificate among those in the file.
        List<CredentialCheck> ofKey = [];
        using PrivateKey? key = ReadKey(ofKey);
        X509Certificate2? bound = null;
        int index = -1;
        for (int i = 0; key is not null && _certificates is not null && i < _certificates.Count && bound is null; i++)
        {
            (bound, index) = (key.Bind(_certificates[i]), i);
        }

        if (certificateFault is not null)
        {
            _checks.Add(certificateFault);
            Skip(CredentialAspect.CertificateDates, "certificate");
            Skip(CredentialAspect.CertificateChain, "certificate");
        }
        else
        {
            AddCertificateChecks(_certificates!, options.CertificateFile!, bound is null ? 0 : index);
        }

        _checks.AddRange(ofKey);
        if (key is null || _certificates is null)
        {
            Skip(CredentialAspect.KeyMatch, key is null ? "key" : "certificate");
        }
        else if (bound is null)
        {
            Add(CredentialAspect.KeyMatch, CheckOutcome.Failed, $"{KeyName}: the private key does not belong to the certificate "
                + $"{options.CertificateFile}; take both files from the same thing");
        }
        else
        {
            _leaf = bound;
            _certificates[index].Dispose();
            _certificates.RemoveAt(index);
            Add(CredentialAspect.KeyMatch, CheckOutcome.Passed, $"{KeyName}: the private key belongs to the certificate");
        }
    }

    private void AddCertificateChecks(X509Certificate2Collection certificates, string file, int index)
    {
        X509Certificate2 leaf = certificates[index];
        X509Certificate2Collection others = [.. certificates];
        others.RemoveAt(index);
        string place = certificates.Count == 1 ? "" : $", certificate {index + 1} of {certificates.Count} in the file";
        Add(CredentialAspect.CertificateFile, CheckOutcome.Passed, $"{file}: '{leaf.Subject}', serial number {leaf.SerialNumber}, issued "
            + $"by '{leaf.Issuer}'{place}");
        (CheckOutcome outcome, string message) = CertificateTime.Check(CertificateFacts.Of(leaf, file), _now);
        Add(CredentialAspect.CertificateDates, outcome, message);
        _checks.AddRange(CertificateChain.Check(leaf, others, file, _now));
    }

    private PrivateKey? ReadKey(List<CredentialCheck> checks)
    {
        if (options.KeyFile is not { } file)
        {
            checks.Add(new(CredentialAspect.KeyFile, CheckOutcome.Failed, "there is a certificate and no private key; give --key as well"));
            checks.Add(new(CredentialAspect.KeyPermissions, CheckOutcome.Skipped, Hidden("key")));
            return null;
        }

        if (TokenKey.IsNamedBy(file))
        {
            return OpenKey(file, checks);
        }

        SecretText? text = null;
        PrivateKey? key = null;
        try
        {
            text = PemFile.Read(file, "private key", "--key");
            key = PrivateKeyFile.Read(text.Text, file, options.KeyPassphraseFile, IsRsa());
            checks.Add(new(CredentialAspect.KeyFile, CheckOutcome.Passed, $"{file}: {key.Description}"));
        }
        catch (CredentialException e)
        {
            checks.Add(new(CredentialAspect.KeyFile, CheckOutcome.Failed, e.Message));
        }

        if (text is null)
        {
            checks.Add(new(CredentialAspect.KeyPermissions, CheckOutcome.Skipped, Hidden("key")));
            return key;
        }

        checks.AddRange(KeyPermissions.Check(text.File, file));
        text.Dispose();
        return key;
    }

    private PrivateKey? OpenKey(string uri, List<CredentialCheck> checks)
    {
        try
        {
            PrivateKey key = TokenKey.Open(uri, options.KeyPassphraseFile);
            checks.Add(new(CredentialAspect.KeyFile, CheckOutcome.Passed, $"{TokenKey.Parse(uri).Name}: {key.Description}"));
            checks.Add(new(CredentialAspect.KeyPermissions, CheckOutcome.Passed, "the private key stays in its token"));
            return key;
        }
        catch (CredentialException e)
        {
            checks.Add(new(CredentialAspect.KeyFile, CheckOutcome.Failed, e.Message));
            checks.Add(new(CredentialAspect.KeyPermissions, CheckOutcome.Skipped, Hidden("key")));
            return null;
        }
    }

    private void LoadAuthorities()
    {
        if (options.CaFile is not { } file)
        {
            Add(CredentialAspect.CaFile, CheckOutcome.Passed, "no CA file is given: the system's trust store decides");
            return;
        }

        try
        {
            _roots = ServerTrust.ReadCaFile(file);
            _checks.AddRange(ServerTrust.CheckAuthorities(_roots, file, _now));
        }
        catch (CredentialException e)
        {
            Add(CredentialAspect.CaFile, CheckOutcome.Failed, e.Message);
        }
    }

    private string KeyName => TokenKey.IsNamedBy(options.KeyFile!) ? TokenKey.Parse(options.KeyFile!).Name : options.KeyFile!;

    /// <summary>The likely kind of the key; a wrong guess costs a failed attempt.</summary>
    private bool IsRsa() => _certificates is { Count: > 0 } && _certificates[0].GetKeyAlgorithm() == "1.2.840.113549.1.1.1";

    private void Skip(CredentialAspect aspect, string what) => Add(aspect, CheckOutcome.Skipped, Hidden(what));

    private void Add(CredentialAspect aspect, CheckOutcome outcome, string message) =>
        _checks.Add(new CredentialCheck(aspect, outcome, message));

    private static string Hidden(string what) => $"not checked: there is no usable {what}";
}
