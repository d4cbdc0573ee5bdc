using System.Text.Json.Serialization;

namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on things and certificates: AWS's names, in camel case on the wire.

internal sealed record ErrorBody(string Message, string? ResourceId, string? ResourceArn);

internal sealed record CreateThingBody
{
    public string? ThingTypeName { get; init; }
    public AttributePayloadBody? AttributePayload { get; init; }
}

internal sealed record AttributePayloadBody
{
    public Dictionary<string, string>? Attributes { get; init; }
}

internal sealed record ThingCreatedBody(string ThingName, string ThingArn, string ThingId);

internal sealed record ThingBody(
    string DefaultClientId, string ThingName, string ThingId, string ThingArn, string? ThingTypeName,
    IReadOnlyDictionary<string, string> Attributes, long Version);

internal sealed record ThingSummaryBody(
    string ThingName, string ThingArn, string? ThingTypeName, IReadOnlyDictionary<string, string> Attributes, long Version);

internal sealed record ThingListBody(IReadOnlyList<ThingSummaryBody> Things, string? NextToken);

/// <summary>
/// The response of CreateKeysAndCertificate. <see cref="CertificateAuthorityPem"/> is an addition: the authority for the device to trust.
/// </summary>
internal sealed record KeysAndCertificateBody(
    string CertificateArn, string CertificateId, string CertificatePem, KeyPairBody KeyPair, string CertificateAuthorityPem);

/// <summary>The two keys of a new certificate; AWS writes their names in Pascal case.</summary>
internal sealed record KeyPairBody
{
    [JsonPropertyName("PublicKey")]
    public required string PublicKey { get; init; }

    [JsonPropertyName("PrivateKey")]
    public required string PrivateKey { get; init; }

    /// <summary>Omits the private key.</summary>
    public override string ToString() => nameof(KeyPairBody);
}

internal sealed record EndpointBody(string EndpointAddress);
