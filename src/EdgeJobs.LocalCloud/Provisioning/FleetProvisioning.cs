using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Registry;
using EdgeJobs.LocalCloud.Templates;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Provisioning;

/// <summary>The device operations of fleet provisioning, as functions over a transaction.</summary>
internal static class FleetProvisioning
{
    /// <summary>How long a board may take to register with a new certificate, which is deleted after that.</summary>
    public static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);

    private const int TokenBytes = 48;

    /// <summary>Stores a new certificate that must be registered within the hour.</summary>
    /// <returns>The ownership token. Only its hash is stored.</returns>
    public static string Issue(Transaction transaction, string id, string pem)
    {
        DeleteExpired(transaction);
        string token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(TokenBytes));
        transaction.Apply(new StateChange.CertificatePut(new DeviceCertificate
        {
            Id = id,
            Pem = pem,
            Status = CertificateStatus.PendingActivation,
            CreatedAt = transaction.Now,
            LastUpdatedAt = transaction.Now,
            TokenHash = HashOf(token),
        }));
        return token;
    }

    /// <summary>Registers a board as a thing, as the template specifies: completely or not at all.</summary>
    /// <param name="transaction">The operation; the caller drops it if there is a fault.</param>
    /// <param name="templateName">The template.</param>
    /// <param name="token">Proves that the certificate was issued to this board.</param>
    /// <param name="given">The template's parameters.</param>
    /// <param name="fault">Why the board is rejected.</param>
    /// <returns>The thing name, if the template creates a thing, and the device configuration; null with a fault.</returns>
    public static RegisterThingResponse? Register(
        Transaction transaction, string templateName, string? token, ValueMap<string> given, out ProvisioningFault? fault)
    {
        DeleteExpired(transaction);
        fault = null;
        if (!transaction.State.Templates.TryGetValue(templateName, out ProvisioningTemplate? template) || !template.IsEnabled)
        {
            fault = new ProvisioningFault(
                404, "ResourceNotFound",
                $"Provisioning template {templateName} {(template is null ? "does not exist" : "is not enabled")}");
            return null;
        }

        if (string.IsNullOrEmpty(token))
        {
            fault = ProvisioningFault.InvalidToken("Certificate ownership token cannot be empty.");
            return null;
        }

        string hash = HashOf(token);
        if (transaction.State.Certificates.Values.FirstOrDefault(
            c => c.TokenHash == hash && c.Status == CertificateStatus.PendingActivation) is not { } certificate)
        {
            fault = ProvisioningFault.InvalidToken("The certificate ownership token is not valid, was used already, or has expired.");
            return null;
        }

        TemplateDocument document = template.Document;
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((string name, string? defaultValue) in document.Parameters)
        {
            string? value = given.FirstOrDefault(g => g.Key == name).Value ?? defaultValue;
            if (value is not null)
            {
                values[name] = value;
            }
            else if (name != TemplateDocument.CertificateId)
            {
                fault = ProvisioningFault.Invalid($"The template's parameter {name} is missing");
                return null;
            }
        }

        values[TemplateDocument.CertificateId] = certificate.Id;
        string? thing = null;
        ServiceError? error = document.Thing is { } resource ? CreateThing(transaction, resource, values, out thing) : null;
        error ??= Activate(transaction, certificate, document, values, thing);
        if (error is not null)
        {
            fault = ProvisioningFault.Invalid(error.Message);
            return null;
        }

        return new RegisterThingResponse
        {
            ThingName = thing,
            DeviceConfiguration =
                new ValueMap<string>([.. document.Configuration.Select(c => KeyValuePair.Create(c.Key, c.Value.Resolve(values)))]),
        };
    }

    private static ServiceError? CreateThing(
        Transaction transaction, TemplateThing resource, Dictionary<string, string> values, out string thing)
    {
        thing = resource.Name.Resolve(values);
        ValueMap<string> attributes = new([.. resource.Attributes.Select(a => KeyValuePair.Create(a.Key, a.Value.Resolve(values)))]);
        if (transaction.State.Things.TryGetValue(thing, out Thing? known))
        {
            switch (resource.Override)
            {
                case OverrideAttributes.Fail:
                    return ServiceError.Invalid($"Thing {thing} already exists");
                case OverrideAttributes.Replace:
                    transaction.Apply(new StateChange.ThingPut(known with { Attributes = attributes }));
                    break;
                case OverrideAttributes.Merge:
                    ValueMap<string> merged = new([.. known.Attributes.Where(a => attributes.All(n => n.Key != a.Key)), .. attributes]);
                    transaction.Apply(new StateChange.ThingPut(known with { Attributes = merged }));
                    break;
            }
        }
        else if (ThingRegistry.CreateThing(
            transaction, thing, Guid.NewGuid().ToString(), resource.TypeName?.Resolve(values), attributes).Error is { } rejected)
        {
            return rejected;
        }

        foreach (TemplateText group in resource.Groups)
        {
            if (ThingRegistry.AddToGroup(transaction, group.Resolve(values), thing) is { } missing)
            {
                return missing;
            }
        }

        return null;
    }

    private static ServiceError? Activate(
        Transaction transaction, DeviceCertificate certificate, TemplateDocument document, Dictionary<string, string> values, string? thing)
    {
        ImmutableSortedSet<string> policies = certificate.Policies;
        foreach (TemplatePolicy policy in document.Policies)
        {
            string name = policy.Name?.Resolve(values) ?? string.Empty;
            if (policy.Document is { } text)
            {
                // The name is derived from the contents, as on AWS: boards of one template share the policy.
                string json = text.Resolve(values);
                name = "provisioned-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..32];
                if (!transaction.State.Policies.ContainsKey(name) && PolicyRegistry.Create(transaction, name, json).Error is { } malformed)
                {
                    return malformed;
                }
            }
            else if (!transaction.State.Policies.ContainsKey(name))
            {
                return PolicyRegistry.NoPolicy(name);
            }

            policies = policies.Add(name);
        }

        transaction.Apply(new StateChange.CertificatePut(certificate with
        {
            Status = document.IsCertificateActive ? CertificateStatus.Active : CertificateStatus.Inactive,
            Policies = policies,
            Things = thing is null ? certificate.Things : certificate.Things.Add(thing),
            LastUpdatedAt = transaction.Now,
            TokenHash = null,
        }));
        return null;
    }

    /// <summary>Deletes certificates that were not registered in time.</summary>
    private static void DeleteExpired(Transaction transaction)
    {
        foreach (DeviceCertificate certificate in transaction.State.Certificates.Values)
        {
            if (certificate.Status == CertificateStatus.PendingActivation && transaction.Now - certificate.CreatedAt >= TokenLife)
            {
                transaction.Apply(new StateChange.CertificatePut(
                    certificate with { Status = CertificateStatus.Deleted, TokenHash = null, LastUpdatedAt = transaction.Now }));
            }
        }
    }

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
