using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Identity;

/// <summary>Who connects, as far as the connection itself tells: it stays the same for as long as the connection lasts.</summary>
internal sealed class ClientIdentity
{
    private readonly Dictionary<(bool OfIssuer, string Oid), List<string>> _names = [];
    private readonly string _serialNumber;
    private readonly string? _address;

    /// <summary>Takes down who connects.</summary>
    /// <param name="clientId">The client id.</param>
    /// <param name="certificate">The client's certificate.</param>
    /// <param name="address">Where it connects from; null when that isn't known.</param>
    /// <param name="connectAttributes">What it asks for: <c>PersistentConnect</c>, <c>LastWill</c>.</param>
    public ClientIdentity(string clientId, X509Certificate2 certificate, IPAddress? address, IReadOnlyList<string> connectAttributes)
    {
        ClientId = clientId;
        CertificateId = CertificateAuthority.CertificateId(certificate);
        ConnectAttributes = connectAttributes;
        _serialNumber = certificate.SerialNumber;
        _address = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
        Take(certificate.SubjectName, ofIssuer: false);
        Take(certificate.IssuerName, ofIssuer: true);
    }

    /// <summary>The client id.</summary>
    public string ClientId { get; }

    /// <summary>The id of its certificate.</summary>
    public string CertificateId { get; }

    /// <summary>What it asks for in CONNECT.</summary>
    public IReadOnlyList<string> ConnectAttributes { get; }

    /// <summary>The values of a policy variable that the connection itself tells; empty for others.</summary>
    public IReadOnlyList<string> ValuesOf(string name)
    {
        switch (name)
        {
            case PolicyVariable.ClientId:
                return [ClientId];
            case PolicyVariable.SourceIp:
                return _address is null ? [] : [_address];
            case PolicyVariable.ConnectAttributes:
                return ConnectAttributes;
            case PolicyVariable.SerialNumber:
                return [_serialNumber];
        }

        if (!PolicyVariable.TryGetNameAttribute(name, out bool ofIssuer, out string oid, out int index) || !_names.TryGetValue((ofIssuer, oid), out List<string>? values))
        {
            return [];
        }

        return index < 0 ? values : index < values.Count ? [values[index]] : [];
    }

    private void Take(X500DistinguishedName name, bool ofIssuer)
    {
        foreach (X500RelativeDistinguishedName part in name.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            // Several attributes in one part have no order: policies can't tell them apart either.
            if (part.HasMultipleElements || part.GetSingleElementValue() is not { } value)
            {
                continue;
            }

            (bool, string) key = (ofIssuer, part.GetSingleElementType().Value!);
            if (!_names.TryGetValue(key, out List<string>? values))
            {
                _names.Add(key, values = []);
            }

            values.Add(value);
        }
    }
}
