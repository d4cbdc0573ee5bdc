namespace EdgeJobs.LocalCloud.Rest;
internal sealed class RestRouter { private readonly RestResponse _r = RestResponse.Empty; internal ValueTask<RestResponse> RouteAsync(RestRequest r, CancellationToken c) => new(_r); }
