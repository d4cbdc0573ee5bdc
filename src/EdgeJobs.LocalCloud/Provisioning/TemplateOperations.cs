using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Provisioning;

/// <summary>The control plane's operations on provisioning templates and claims.</summary>
internal sealed class TemplateOperations(JobsService jobs, CertificateAuthority authority, TimeProvider clock)
{
    private const string FleetProvisioning = "FLEET_PROVISIONING";

    // As on AWS: such a claim is for a person who sets up a board right now.
    private static readonly TimeSpan ClaimLife = TimeSpan.FromMinutes(5);

    /// <summary>Handles a request for a path of this class; null for any other path.</summary>
    public RestResponse? Route(RestRequest request) => (request.Method, request.Segments) switch
    {
        ("POST", ["provisioning-templates"]) => request.RefuseOthers(RestInput.Body) ?? Create(request),
        ("GET", ["provisioning-templates"]) => request.RefuseOthers(RestInput.None, "maxResults", "nextToken") ?? List(request),
        ("GET", ["provisioning-templates", var name]) => request.RefuseOthers(RestInput.None) ?? Describe(name),
        ("DELETE", ["provisioning-templates", var name]) => request.RefuseOthers(RestInput.None) ?? Done(jobs.DeleteTemplate(name)),
        ("POST", ["provisioning-templates", var name, "provisioning-claim"]) => request.RefuseOthers(RestInput.None) ?? CreateClaim(name),
        _ => null,
    };

    private RestResponse Create(RestRequest request)
    {
        if (!request.TryReadBody(RestJson.Default.CreateTemplateBody, out CreateTemplateBody? body, out RestResponse bad))
        {
            return bad;
        }

        if (body.Type is not (null or FleetProvisioning))
        {
            return RestResponse.InvalidRequest($"type '{body.Type}' is not supported by the local cloud; use {FleetProvisioning}");
        }

        string name = body.TemplateName ?? string.Empty;
        return jobs.CreateTemplate(name, body.Description, body.TemplateBody, body.Enabled).Succeeded(out ProvisioningTemplate? template, out ServiceError? error)
            ? RestResponse.Ok(new TemplateCreatedBody(ArnOf(template.Name), template.Name, 1), RestJson.Default.TemplateCreatedBody)
            : Answers.Refuse(error, Plane.Control, name, ArnOf(name));
    }

    private RestResponse Describe(string name) => jobs.DescribeTemplate(name).Succeeded(out ProvisioningTemplate? template, out ServiceError? error)
        ? RestResponse.Ok(
            new TemplateBody(
                ArnOf(name), name, template.Description, Answers.Seconds(template.CreatedAt), Answers.Seconds(template.CreatedAt), 1, template.Json, template.IsEnabled, FleetProvisioning),
            RestJson.Default.TemplateBody)
        : Answers.Refuse(error, Plane.Control);

    private RestResponse List(RestRequest request)
    {
        if (!request.TryQueryPage(out int maxResults, out string? token, out RestResponse bad))
        {
            return bad;
        }

        Page<ProvisioningTemplate> page = jobs.ListTemplates(maxResults, token);
        TemplateSummaryBody[] templates =
        [
            .. page.Items.Select(static t => new TemplateSummaryBody(
                ArnOf(t.Name), t.Name, t.Description, Answers.Seconds(t.CreatedAt), Answers.Seconds(t.CreatedAt), t.IsEnabled, FleetProvisioning)),
        ];
        return RestResponse.Ok(new TemplateListBody(templates, page.NextToken), RestJson.Default.TemplateListBody);
    }

    private RestResponse CreateClaim(string name)
    {
        if (jobs.DescribeTemplate(name).Error is { } unknown)
        {
            return Answers.Refuse(unknown, Plane.Control);
        }

        IssuedCertificate issued = authority.IssueClient("claim of " + name, ClaimLife);
        string policy = ClaimPolicy.NameFor(name);
        ServiceError? error = jobs.AddCertificate(issued.Id, issued.CertificatePem, active: true).Error;
        if (error is null && jobs.CreatePolicy(policy, ClaimPolicy.JsonFor(name)).Error is { Kind: not ServiceErrorKind.ResourceAlreadyExists } refused)
        {
            error = refused;
        }

        error ??= jobs.AttachPolicy(policy, new PolicyTarget(false, issued.Id));
        return error is null
            ? RestResponse.Ok(
                new ProvisioningClaimBody(
                    issued.Id,
                    issued.CertificatePem,
                    new KeyPairBody { PublicKey = issued.PublicKeyPem, PrivateKey = issued.PrivateKeyPem },
                    Answers.Seconds(clock.GetUtcNow() + ClaimLife),
                    authority.CertificatePem),
                RestJson.Default.ProvisioningClaimBody)
            : Answers.Refuse(error, Plane.Control);
    }

    private static RestResponse Done(ServiceError? error) => error is null ? RestResponse.Empty : Answers.Refuse(error, Plane.Control);

    private static string ArnOf(string name) => $"arn:aws:iot:{Arn.Region}:{Arn.Account}:provisioningtemplate/{name}";
}
