using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>A registered device.</summary>
/// <param name="Name">1 to 128 of a-z, A-Z, 0-9, colon, underscore and hyphen.</param>
/// <param name="Id">A UUID given by the service.</param>
/// <param name="TypeName">The thing type, or null. Kept and told, nothing more.</param>
/// <param name="Attributes">Free names and values. Kept and told, nothing more.</param>
/// <param name="CreatedAt">When it was registered.</param>
internal sealed record Thing(string Name, string Id, string? TypeName, ValueMap<string> Attributes, DateTimeOffset CreatedAt);
