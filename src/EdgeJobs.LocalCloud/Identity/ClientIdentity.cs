using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Policies;

namespace EdgeJobs.LocalCloud.Identity;

/// <summary>The identity of a client, from its connection. It does not change while the connection lasts.</summary>
internal sealed class ClientIdentity
{
    private readonly Dictionary<(bool OfIssuer, string Oid), List<string>> _names = [];
    private readonly string _serialNumber;
    private readonly string? _address;

    /// <param name="address">The remote address; null if unknown.</param>
    /// <param name="connectAttributes">What CONNECT requests: <c>PersistentConnect</c>, <c>LastWill</c>.</param>
    public ClientIdentity(string clientId, X509Certificate2 certificate, IPAddress? address, IReadOnlyList<string> connectAttributes)
    {
        ClientId = clientId;
        CertificateId = CertificateAuthority.CertificateId(certificate);
        ConnectAttributes = connectAttributes;
        _serialNumber = certificate.SerialNumber;
        _address = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
        ReadAttributes(certificate.SubjectName, ofIssuer: false);
        ReadAttributes(certificate.IssuerName, ofIssuer: true);
    }

    public string ClientId { get; }
    public string CertificateId { get; }
    public IReadOnlyList<string> ConnectAttributes { get; }

    /// <summary>The values of a policy variable that the connection determines; empty for all others.</summary>
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

        if (!PolicyVariable.TryGetNameAttribute(name, out bool ofIssuer, out string oid, out int index)
            || !_names.TryGetValue((ofIssuer, oid), out List<string>? values))
        {
            return [];
        }

        return index < 0 ? values : index < values.Count ? [values[index]] : [];
    }

    private void ReadAttributes(X500DistinguishedName name, bool ofIssuer)
    {
        foreach (X500RelativeDistinguishedName part in name.EnumerateRelativeDistinguishedNames(reversed: false))
        {
            // Several attributes in one RDN have no order: policies can't distinguish them either.
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
