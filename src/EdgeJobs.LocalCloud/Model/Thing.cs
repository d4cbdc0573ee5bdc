using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>A registered device.</summary>
/// <param name="Name">1 to 128 of a-z, A-Z, 0-9, colon, underscore and hyphen.</param>
/// <param name="Id">A UUID assigned by the service.</param>
/// <param name="TypeName">The thing type, or null. Stored and returned only.</param>
/// <param name="Attributes">Free names and values. Stored and returned, and available to policies.</param>
internal sealed record Thing(string Name, string Id, string? TypeName, ValueMap<string> Attributes, DateTimeOffset CreatedAt);
