using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on things.</summary>
internal sealed class ThingOperations(JobsService jobs)
{
    /// <summary>The version of every thing and group.</summary>
    public const long Version = 1;

    public RestResponse Create(RestRequest request, string name)
    {
        if (!request.TryReadBody(RestJson.Default.CreateThingBody, out CreateThingBody? body, out RestResponse rejection))
        {
            return rejection;
        }

        ValueMap<string> attributes = body.AttributePayload?.Attributes is { } given
            ? new ValueMap<string>([.. given])
            : ValueMap<string>.Empty;
        return jobs.CreateThing(name, body.ThingTypeName, attributes).TryGet(out Thing? thing, out ServiceError? error)
            ? RestResponse.Ok(new ThingCreatedBody(thing.Name, Arn.OfThing(thing.Name), thing.Id), RestJson.Default.ThingCreatedBody)
            : ResponseMapper.Error(error, Plane.Control, name, Arn.OfThing(name));
    }

    public RestResponse Describe(string name) => jobs.DescribeThing(name).TryGet(out Thing? thing, out ServiceError? error)
        ? RestResponse.Ok(
            new ThingBody(thing.Name, thing.Name, thing.Id, Arn.OfThing(thing.Name), thing.TypeName, thing.Attributes, Version),
            RestJson.Default.ThingBody)
        : ResponseMapper.Error(error, Plane.Control);

    public RestResponse Delete(RestRequest request, string name)
    {
        if (CheckVersion(request, jobs.DescribeThing(name).Error is null, $"Thing {name}") is { } rejected)
        {
            return rejected;
        }

        return jobs.DeleteThing(name) is { } error ? ResponseMapper.Error(error, Plane.Control) : RestResponse.Empty;
    }

    /// <summary>
    /// Rejects an <c>expectedVersion</c> other than 1: nothing here changes a thing or a group, so each stays at its first version.
    /// </summary>
    /// <param name="exists">Whether it exists. Deleting what does not exist is not an error.</param>
    public static RestResponse? CheckVersion(RestRequest request, bool exists, string what)
    {
        if (!request.TryQueryNumber("expectedVersion", 0, long.MaxValue, out long? expected, out RestResponse rejection))
        {
            return rejection;
        }

        return exists && expected is not (null or Version)
            ? RestResponse.VersionConflict($"{what} has version {Version}, not the expected version {expected}")
            : null;
    }

    public RestResponse List(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse rejection))
        {
            return rejection;
        }

        Page<Thing> page = jobs.ListThings(maxResults, token);
        ThingSummaryBody[] things =
            [.. page.Items.Select(
                thing => new ThingSummaryBody(thing.Name, Arn.OfThing(thing.Name), thing.TypeName, thing.Attributes, Version))];
        return RestResponse.Ok(new ThingListBody(things, page.NextToken), RestJson.Default.ThingListBody);
    }
}
