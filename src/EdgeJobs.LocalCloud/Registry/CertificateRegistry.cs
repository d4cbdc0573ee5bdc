using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Model;

namespace EdgeJobs.LocalCloud.Registry;

/// <summary>The operations on certificates and their attachments, as functions over a transaction.</summary>
internal static class CertificateRegistry
{
    public static Result<DeviceCertificate> Add(Transaction transaction, string id, string pem, bool active)
    {
        DeviceCertificate certificate = new()
        {
            Id = id,
            Pem = pem,
            Status = active ? CertificateStatus.Active : CertificateStatus.Inactive,
            CreatedAt = transaction.Now,
            LastUpdatedAt = transaction.Now,
        };
        transaction.Apply(new StateChange.CertificatePut(certificate));
        return certificate;
    }

    /// <summary>
    /// Registers a certificate that this cloud's authority issued before the cloud kept records of certificates. It is attached to the
    /// thing that its subject names.
    /// </summary>
    /// <returns>The existing or new certificate; NotFound if its subject can't be a thing name.</returns>
    public static Result<DeviceCertificate> Admit(Transaction transaction, string id, string pem, string commonName)
    {
        if (transaction.State.Certificates.TryGetValue(id, out DeviceCertificate? known))
        {
            return known;
        }

        if (!Limits.IsName(commonName))
        {
            return ServiceError.NotFound($"Certificate {id} is not registered");
        }

        if (!transaction.State.Policies.ContainsKey(DefaultPolicy.Name))
        {
            _ = PolicyRegistry.Create(transaction, DefaultPolicy.Name, DefaultPolicy.Json);
        }

        DeviceCertificate certificate = Add(transaction, id, pem, active: true).Value! with
        {
            Policies = ImmutableSortedSet.Create(StringComparer.Ordinal, DefaultPolicy.Name),
            Things = ImmutableSortedSet.Create(StringComparer.Ordinal, commonName),
        };
        transaction.Apply(new StateChange.CertificatePut(certificate));
        return certificate;
    }

    public static ServiceError? SetStatus(Transaction transaction, string id, CertificateStatus status)
    {
        if (transaction.State.FindCertificate(id) is not { } certificate)
        {
            return NoCertificate(id);
        }

        if (certificate.Status != status)
        {
            transaction.Apply(new StateChange.CertificatePut(certificate with { Status = status, LastUpdatedAt = transaction.Now }));
        }

        return null;
    }

    /// <summary>Deletes a certificate that is not active and not attached to a thing. One with policies requires force.</summary>
    public static ServiceError? Delete(Transaction transaction, string id, bool force)
    {
        if (transaction.State.FindCertificate(id) is not { } certificate)
        {
            return NoCertificate(id);
        }

        if (certificate.Status == CertificateStatus.Active)
        {
            return new ServiceError(ServiceErrorKind.CertificateState, $"Certificate {id} is active: set its status to INACTIVE first");
        }

        if (!certificate.Things.IsEmpty)
        {
            return new ServiceError(
                ServiceErrorKind.DeleteConflict,
                $"Certificate {id} is attached to {string.Join(", ", certificate.Things)}: detach it first");
        }

        if (!certificate.Policies.IsEmpty && !force)
        {
            return new ServiceError(
                ServiceErrorKind.DeleteConflict,
                $"Certificate {id} has policies ({string.Join(", ", certificate.Policies)}): detach them first, or force the deletion");
        }

        transaction.Apply(new StateChange.CertificatePut(certificate with
        {
            Status = CertificateStatus.Deleted,
            Policies = certificate.Policies.Clear(),
            LastUpdatedAt = transaction.Now,
        }));
        return null;
    }

    /// <summary>Attaches a certificate to a thing, or detaches it. Idempotent.</summary>
    public static ServiceError? SetAttached(Transaction transaction, string thingName, string id, bool attach)
    {
        if (!transaction.State.Things.ContainsKey(thingName))
        {
            return ThingRegistry.NoThing(thingName);
        }

        if (transaction.State.FindCertificate(id) is not { } certificate)
        {
            return NoCertificate(id);
        }

        ImmutableSortedSet<string> things = attach ? certificate.Things.Add(thingName) : certificate.Things.Remove(thingName);
        if (things != certificate.Things)
        {
            transaction.Apply(new StateChange.CertificatePut(certificate with { Things = things }));
        }

        return null;
    }

    public static ServiceError NoCertificate(string id) => ServiceError.NotFound($"Certificate {id} does not exist");
}
