using System.Text.Json.Serialization;

namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on things and certificates. The names are AWS's, in camel case on the wire.

/// <summary>The body of every error.</summary>
internal sealed record ErrorBody(string Message, string? ResourceId, string? ResourceArn);

/// <summary>What CreateThing takes.</summary>
internal sealed record CreateThingBody
{
    /// <summary>The thing's type.</summary>
    public string? ThingTypeName { get; init; }

    /// <summary>Its attributes.</summary>
    public AttributePayloadBody? AttributePayload { get; init; }
}

/// <summary>The attributes of a thing.</summary>
internal sealed record AttributePayloadBody
{
    /// <summary>Name to value.</summary>
    public Dictionary<string, string>? Attributes { get; init; }
}

/// <summary>What CreateThing answers.</summary>
internal sealed record ThingCreatedBody(string ThingName, string ThingArn, string ThingId);

/// <summary>What DescribeThing answers.</summary>
internal sealed record ThingBody(string DefaultClientId, string ThingName, string ThingId, string ThingArn, string? ThingTypeName, IReadOnlyDictionary<string, string> Attributes, long Version);

/// <summary>One thing of a list.</summary>
internal sealed record ThingSummaryBody(string ThingName, string ThingArn, string? ThingTypeName, IReadOnlyDictionary<string, string> Attributes, long Version);

/// <summary>What ListThings answers.</summary>
internal sealed record ThingListBody(IReadOnlyList<ThingSummaryBody> Things, string? NextToken);

/// <summary>What CreateKeysAndCertificate answers. <see cref="CertificateAuthorityPem"/> is an addition: what the device has to trust.</summary>
internal sealed record KeysAndCertificateBody(string CertificateArn, string CertificateId, string CertificatePem, KeyPairBody KeyPair, string CertificateAuthorityPem);

/// <summary>The two keys of a new certificate; AWS writes their names in Pascal case.</summary>
internal sealed record KeyPairBody
{
    /// <summary>The public key, PEM.</summary>
    [JsonPropertyName("PublicKey")]
    public required string PublicKey { get; init; }

    /// <summary>The private key, PEM.</summary>
    [JsonPropertyName("PrivateKey")]
    public required string PrivateKey { get; init; }

    /// <summary>Leaves the private key out.</summary>
    public override string ToString() => nameof(KeyPairBody);
}

/// <summary>What DescribeEndpoint answers.</summary>
internal sealed record EndpointBody(string EndpointAddress);
