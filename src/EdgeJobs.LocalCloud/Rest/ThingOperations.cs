using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on things.</summary>
internal sealed class ThingOperations(JobsService jobs)
{
    /// <summary>CreateThing.</summary>
    public RestResponse Create(RestRequest request, string name)
    {
        if (!request.TryReadBody(RestJson.Default.CreateThingBody, out CreateThingBody? body, out RestResponse bad))
        {
            return bad;
        }

        ValueMap<string> attributes = body.AttributePayload?.Attributes is { } given ? new ValueMap<string>([.. given]) : ValueMap<string>.Empty;
        return jobs.CreateThing(name, body.ThingTypeName, attributes).Succeeded(out Thing? thing, out ServiceError? error)
            ? RestResponse.Ok(new ThingCreatedBody(thing.Name, Arn.OfThing(thing.Name), thing.Id), RestJson.Default.ThingCreatedBody)
            : Answers.Refuse(error, Plane.Control, name, Arn.OfThing(name));
    }

    /// <summary>DescribeThing.</summary>
    public RestResponse Describe(string name) => jobs.DescribeThing(name).Succeeded(out Thing? thing, out ServiceError? error)
        ? RestResponse.Ok(
            new ThingBody(thing.Name, thing.Name, thing.Id, Arn.OfThing(thing.Name), thing.TypeName, thing.Attributes, 1),
            RestJson.Default.ThingBody)
        : Answers.Refuse(error, Plane.Control);

    /// <summary>DeleteThing.</summary>
    public RestResponse Delete(string name) => jobs.DeleteThing(name) is { } error ? Answers.Refuse(error, Plane.Control) : RestResponse.Empty;

    /// <summary>ListThings.</summary>
    public RestResponse List(RestRequest request)
    {
        if (request.RefuseQuery("attributeName", "attributeValue", "thingTypeName") is { } unsupported)
        {
            return unsupported;
        }

        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse bad))
        {
            return bad;
        }

        Page<Thing> page = jobs.ListThings(maxResults, token);
        ThingSummaryBody[] things =
            [.. page.Items.Select(thing => new ThingSummaryBody(thing.Name, Arn.OfThing(thing.Name), thing.TypeName, thing.Attributes, 1))];
        return RestResponse.Ok(new ThingListBody(things, page.NextToken), RestJson.Default.ThingListBody);
    }
}
