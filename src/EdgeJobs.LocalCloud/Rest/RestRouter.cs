using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Pki;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>Maps the method, path and plane of a request to an operation.</summary>
/// <param name="endpoints">
/// Where devices connect. Evaluated for each request, because the ports are not known until all servers listen.
/// </param>
internal sealed class RestRouter(JobsService jobs, CertificateAuthority authority, Func<Endpoints> endpoints, TimeProvider clock)
{
    private readonly ThingOperations _things = new(jobs);
    private readonly GroupOperations _groups = new(jobs);
    private readonly JobOperations _jobs = new(jobs);
    private readonly ExecutionOperations _executions = new(jobs, clock);
    private readonly DeviceOperations _devices = new(jobs, clock);
    private readonly CertificateOperations _certificates = new(jobs, authority, endpoints);
    private readonly PrincipalOperations _principals = new(jobs);
    private readonly PolicyOperations _policies = new(jobs);
    private readonly TemplateOperations _templates = new(jobs, authority, clock);

    public RestResponse Route(RestRequest request)
    {
        if (CheckNames(request) is { } rejection)
        {
            return rejection;
        }

        RestResponse? response = request.Plane == Plane.Data ? RouteData(request) : RouteControl(request);
        return response ?? RestResponse.Error(
            404,
            "UnknownOperationException",
            $"{request.Method} /{string.Join('/', request.Segments)} ({(request.Plane == Plane.Data ? "iot-jobs-data" : "iot")}) is not "
            + "part of the local cloud");
    }

    private RestResponse? RouteControl(RestRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", ["things", var thing]) => Reject(request, RestInput.Body) ?? _things.Create(request, thing),
        ("GET", ["things", var thing]) => Reject(request, RestInput.None) ?? _things.Describe(thing),
        ("DELETE", ["things", var thing]) => Reject(request, RestInput.None, "expectedVersion") ?? _things.Delete(request, thing),
        ("GET", ["things"]) => Reject(request, RestInput.None, "maxResults", "nextToken") ?? _things.List(request),

        // Two fixed words take the place of a group name.
        ("PUT", ["thing-groups", "addThingToThingGroup"]) => Reject(request, RestInput.Body) ?? _groups.Add(request),
        ("PUT", ["thing-groups", "removeThingFromThingGroup"]) => Reject(request, RestInput.Body) ?? _groups.Remove(request),
        ("POST", ["thing-groups", var group]) => Reject(request, RestInput.None) ?? _groups.Create(group),
        ("GET", ["thing-groups", var group]) => Reject(request, RestInput.None) ?? _groups.Describe(group),
        ("DELETE", ["thing-groups", var group]) => Reject(request, RestInput.None, "expectedVersion") ?? _groups.Delete(request, group),
        ("GET", ["thing-groups"]) => Reject(request, RestInput.None, "maxResults", "nextToken", "namePrefixFilter", "recursive")
            ?? _groups.List(request),
        ("GET", ["thing-groups", var group, "things"]) => Reject(request, RestInput.None, "maxResults", "nextToken", "recursive")
            ?? _groups.ListThings(request, group),

        ("POST", ["keys-and-certificate"]) => Reject(request, RestInput.None, "setAsActive", "thingName") ?? _certificates.Create(request),
        ("GET", ["certificates"]) => Reject(request, RestInput.None, "pageSize", "marker") ?? _certificates.List(request),
        ("GET", ["certificates", var id]) => Reject(request, RestInput.None) ?? _certificates.Describe(id),
        ("PUT", ["certificates", var id]) => Reject(request, RestInput.None, "newStatus") ?? _certificates.Update(request, id),
        ("DELETE", ["certificates", var id]) => Reject(request, RestInput.None, "forceDelete") ?? _certificates.Delete(request, id),
        ("PUT", ["things", var thing, "principals"]) => Reject(request, RestInput.Principal, "thingPrincipalType")
            ?? _principals.Attach(request, thing),
        ("DELETE", ["things", var thing, "principals"]) => Reject(request, RestInput.Principal) ?? _principals.Detach(request, thing),
        ("GET", ["things", var thing, "principals"]) => Reject(request, RestInput.None, "maxResults", "nextToken")
            ?? _principals.List(request, thing),
        ("GET", ["principals", "things"]) => Reject(request, RestInput.Principal, "maxResults", "nextToken")
            ?? _principals.ListThings(request),
        ("GET", ["endpoint"]) => Reject(request, RestInput.None, "endpointType") ?? _certificates.Endpoint(request),

        ("PUT", ["jobs", var job]) => Reject(request, RestInput.Body) ?? _jobs.Create(request, job),
        ("GET", ["jobs", var job]) => Reject(request, RestInput.None, "beforeSubstitution") ?? _jobs.Describe(request, job),
        ("DELETE", ["jobs", var job]) => Reject(request, RestInput.None, "force") ?? _jobs.Delete(request, job),
        ("PUT", ["jobs", var job, "cancel"]) => Reject(request, RestInput.Body, "force") ?? _jobs.Cancel(request, job),
        ("GET", ["jobs", var job, "job-document"]) => Reject(request, RestInput.None, "beforeSubstitution") ?? _jobs.Document(request, job),
        ("GET", ["jobs"]) => Reject(request, RestInput.None, "status", "targetSelection", "maxResults", "nextToken") ?? _jobs.List(request),

        ("GET", ["jobs", var job, "things"]) => Reject(request, RestInput.None, "status", "maxResults", "nextToken")
            ?? _executions.ListForJob(request, job),
        ("GET", ["things", var thing, "jobs"]) => Reject(request, RestInput.None, "status", "jobId", "maxResults", "nextToken")
            ?? _executions.ListForThing(request, thing),
        ("GET", ["things", var thing, "jobs", var job]) => Reject(request, RestInput.None, "executionNumber")
            ?? _executions.Describe(request, thing, job),
        ("PUT", ["things", var thing, "jobs", var job, "cancel"]) => Reject(request, RestInput.Body, "force")
            ?? _executions.Cancel(request, thing, job),
        ("DELETE", ["things", var thing, "jobs", var job, "executionNumber", var number]) => Reject(request, RestInput.None, "force")
            ?? _executions.Delete(request, thing, job, number),
        _ => RoutePolicies(request),
    };

    private RestResponse? RoutePolicies(RestRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", ["policies", var name]) => Reject(request, RestInput.Body) ?? _policies.Create(request, name),
        ("GET", ["policies", var name]) => Reject(request, RestInput.None) ?? _policies.Get(name),
        ("DELETE", ["policies", var name]) => Reject(request, RestInput.None) ?? _policies.Delete(name),
        ("GET", ["policies"]) => Reject(request, RestInput.None, "pageSize", "marker") ?? _policies.List(request),
        ("POST", ["policies", var name, "version"]) => Reject(request, RestInput.Body, "setAsDefault")
            ?? _policies.CreateVersion(request, name),
        ("GET", ["policies", var name, "version"]) => Reject(request, RestInput.None) ?? _policies.ListVersions(name),
        ("GET", ["policies", var name, "version", var number]) => Reject(request, RestInput.None) ?? _policies.GetVersion(name, number),
        ("PATCH", ["policies", var name, "version", var number]) => Reject(request, RestInput.None)
            ?? _policies.SetDefaultVersion(name, number),
        ("DELETE", ["policies", var name, "version", var number]) => Reject(request, RestInput.None)
            ?? _policies.DeleteVersion(name, number),
        ("PUT", ["target-policies", var name]) => Reject(request, RestInput.Body) ?? _policies.Attach(request, name),
        ("POST", ["target-policies", var name]) => Reject(request, RestInput.Body) ?? _policies.Detach(request, name),
        ("POST", ["attached-policies", var target]) => Reject(request, RestInput.None, "recursive", "pageSize", "marker")
            ?? _policies.ListAttached(request, target),
        ("POST", ["policy-targets", var name]) => Reject(request, RestInput.None, "pageSize", "marker")
            ?? _policies.ListTargets(request, name),
        _ => _templates.Route(request) ?? ManagedTemplateOperations.Route(request),
    };

    private RestResponse? RouteData(RestRequest request) => (request.Method, request.Segments) switch
    {
        ("GET", ["things", var thing, "jobs"]) => Reject(request, RestInput.None) ?? _devices.GetPending(thing),
        ("PUT", ["things", var thing, "jobs", DeviceApi.Next]) => Reject(request, RestInput.Body) ?? _devices.StartNext(request, thing),
        ("GET", ["things", var thing, "jobs", var job]) => Reject(request, RestInput.None, "includeJobDocument", "executionNumber")
            ?? _devices.Describe(request, thing, job),
        ("POST", ["things", var thing, "jobs", var job]) => Reject(request, RestInput.Body) ?? _devices.Update(request, thing, job),
        _ => null,
    };

    private static RestResponse? Reject(RestRequest request, RestInput input, params ReadOnlySpan<string> query) =>
        request.RejectUnknownInput(input, query);

    // AWS checks the form of names before it looks them up.
    private static RestResponse? CheckNames(RestRequest request)
    {
        (string? thing, string? job) = request.Segments switch
        {
            ["things", var name, "jobs", var id, ..] => (name, id),
            ["things", var name, ..] => (name, null),
            ["jobs", var id, ..] => (null, id),
            _ => ((string?)null, (string?)null),
        };
        if (thing is not null && !Limits.IsName(thing))
        {
            return RestResponse.InvalidRequest(
                $"thingName '{thing}' must be 1 to {Limits.NameLength} characters of a-z, A-Z, 0-9, colon, underscore and hyphen");
        }

        bool mayBeNext = request.Plane == Plane.Data && request.Method != "POST";
        return job is null || Limits.IsJobId(job) || (mayBeNext && job == DeviceApi.Next)
            ? null
            : RestResponse.InvalidRequest(
                $"jobId '{job}' must be 1 to {Limits.JobIdLength} characters of a-z, A-Z, 0-9, underscore and hyphen");
    }
}

/// <summary>The response of DescribeEndpoint.</summary>
/// <param name="MqttHost">The host of MQTT over TLS; null for this machine, under the name by which the client called it.</param>
/// <param name="MqttPort">The port of MQTT over TLS; null without one.</param>
/// <param name="HttpPort">The port of the REST API.</param>
internal readonly record struct Endpoints(string? MqttHost, int? MqttPort, int HttpPort);
