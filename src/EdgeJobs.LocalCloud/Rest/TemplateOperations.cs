using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Provisioning;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The control plane's operations on provisioning templates and claims.</summary>
internal sealed class TemplateOperations(JobsService jobs, CertificateAuthority authority, TimeProvider clock)
{
    private const string FleetProvisioningType = "FLEET_PROVISIONING";

    // As on AWS: such a claim is for a person who sets up a board right now.
    private static readonly TimeSpan ClaimLife = TimeSpan.FromMinutes(5);

    /// <summary>Handles a request for a path of this class; null for any other path.</summary>
    public RestResponse? Route(RestRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", ["provisioning-templates"]) => request.RejectUnknownInput(RestInput.Body) ?? Create(request),
        ("GET", ["provisioning-templates"]) => request.RejectUnknownInput(RestInput.None, "maxResults", "nextToken") ?? List(request),
        ("GET", ["provisioning-templates", var name]) => request.RejectUnknownInput(RestInput.None) ?? Describe(name),
        ("DELETE", ["provisioning-templates", var name]) =>
            request.RejectUnknownInput(RestInput.None) ?? ResponseMapper.EmptyOrError(jobs.DeleteTemplate(name)),
        ("POST", ["provisioning-templates", var name, "provisioning-claim"]) =>
            request.RejectUnknownInput(RestInput.None) ?? CreateClaim(name),
        _ => null,
    };

    private RestResponse Create(RestRequest request)
    {
        if (!request.TryReadBody(RestJson.Default.CreateTemplateBody, out CreateTemplateBody? body, out RestResponse rejection))
        {
            return rejection;
        }

        if (body.Type is not (null or FleetProvisioningType))
        {
            return RestResponse.InvalidRequest($"type '{body.Type}' is not supported by the local cloud; use {FleetProvisioningType}");
        }

        string name = body.TemplateName ?? string.Empty;
        return jobs.CreateTemplate(name, body.Description, body.TemplateBody, body.Enabled).TryGet(
            out ProvisioningTemplate? template, out ServiceError? error)
            ? RestResponse.Ok(new TemplateCreatedBody(ArnOf(template.Name), template.Name, 1), RestJson.Default.TemplateCreatedBody)
            : ResponseMapper.Error(error, Plane.Control, name, ArnOf(name));
    }

    private RestResponse Describe(string name) =>
        jobs.DescribeTemplate(name).TryGet(out ProvisioningTemplate? template, out ServiceError? error)
        ? RestResponse.Ok(
            new TemplateBody(
                ArnOf(name), name, template.Description, ResponseMapper.Seconds(template.CreatedAt),
                ResponseMapper.Seconds(template.CreatedAt), 1, template.Json, template.IsEnabled, FleetProvisioningType),
            RestJson.Default.TemplateBody)
        : ResponseMapper.Error(error, Plane.Control);

    private RestResponse List(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse rejection))
        {
            return rejection;
        }

        Page<ProvisioningTemplate> page = jobs.ListTemplates(maxResults, token);
        TemplateSummaryBody[] templates =
        [
            .. page.Items.Select(static t => new TemplateSummaryBody(
                ArnOf(t.Name), t.Name, t.Description, ResponseMapper.Seconds(t.CreatedAt), ResponseMapper.Seconds(t.CreatedAt), t.IsEnabled,
                FleetProvisioningType)),
        ];
        return RestResponse.Ok(new TemplateListBody(templates, page.NextToken), RestJson.Default.TemplateListBody);
    }

    private RestResponse CreateClaim(string name)
    {
        if (jobs.DescribeTemplate(name).Error is { } unknown)
        {
            return ResponseMapper.Error(unknown, Plane.Control);
        }

        IssuedCertificate issued = authority.IssueClient("claim of " + name, ClaimLife);
        string policy = ClaimPolicy.NameFor(name);
        ServiceError? error = jobs.AddCertificate(issued.Id, issued.CertificatePem, active: true).Error;
        if (error is null
            && jobs.CreatePolicy(policy, ClaimPolicy.JsonFor(name)).Error is { Kind: not ServiceErrorKind.ResourceAlreadyExists } rejected)
        {
            error = rejected;
        }

        error ??= jobs.AttachPolicy(policy, new PolicyTarget(false, issued.Id));
        return error is null
            ? RestResponse.Ok(
                new ProvisioningClaimBody(
                    issued.Id,
                    issued.CertificatePem,
                    new KeyPairBody { PublicKey = issued.PublicKeyPem, PrivateKey = issued.PrivateKeyPem },
                    ResponseMapper.Seconds(clock.GetUtcNow() + ClaimLife),
                    authority.CertificatePem),
                RestJson.Default.ProvisioningClaimBody)
            : ResponseMapper.Error(error, Plane.Control);
    }

    private static string ArnOf(string name) => $"arn:aws:iot:{Arn.Region}:{Arn.Account}:provisioningtemplate/{name}";
}
