using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Jobs;

namespace EdgeJobs.LocalCloud.Identity;

/// <summary>The operations on certificates and on what they are attached to, as functions over a transaction.</summary>
internal static class CertificateRegistry
{
    /// <summary>Keeps a new certificate.</summary>
    /// <param name="transaction">The operation.</param>
    /// <param name="id">Its id.</param>
    /// <param name="pem">The certificate.</param>
    /// <param name="active">Whether it may be used at once.</param>
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
        transaction.Make(new StateChange.CertificatePut(certificate));
        return certificate;
    }

    /// <summary>
    /// Takes in a certificate that this cloud's authority has issued but that is not on record: from before certificates were
    /// kept. It stands for the thing that its subject names.
    /// </summary>
    /// <returns>The certificate, known or new; NotFound when its subject can't be a thing.</returns>
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
        transaction.Make(new StateChange.CertificatePut(certificate));
        return certificate;
    }

    /// <summary>Changes whether a certificate may be used.</summary>
    public static ServiceError? SetStatus(Transaction transaction, string id, CertificateStatus status)
    {
        if (transaction.State.FindCertificate(id) is not { } certificate)
        {
            return NoCertificate(id);
        }

        if (certificate.Status != status)
        {
            transaction.Make(new StateChange.CertificatePut(certificate with { Status = status, LastUpdatedAt = transaction.Now }));
        }

        return null;
    }

    /// <summary>Deletes a certificate that is not active and not attached to a thing; one with policies needs force.</summary>
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
            return new ServiceError(ServiceErrorKind.DeleteConflict, $"Certificate {id} is attached to {string.Join(", ", certificate.Things)}: detach it first");
        }

        if (!certificate.Policies.IsEmpty && !force)
        {
            return new ServiceError(ServiceErrorKind.DeleteConflict, $"Certificate {id} has policies ({string.Join(", ", certificate.Policies)}): detach them first, or force the deletion");
        }

        transaction.Make(new StateChange.CertificatePut(certificate with
        {
            Status = CertificateStatus.Deleted,
            Policies = certificate.Policies.Clear(),
            LastUpdatedAt = transaction.Now,
        }));
        return null;
    }

    /// <summary>Attaches a certificate to a thing, or detaches it. The same again is no error.</summary>
    public static ServiceError? SetAttached(Transaction transaction, string thingName, string id, bool attach)
    {
        if (!transaction.State.Things.ContainsKey(thingName))
        {
            return ServiceError.NotFound($"Thing {thingName} is not registered");
        }

        if (transaction.State.FindCertificate(id) is not { } certificate)
        {
            return NoCertificate(id);
        }

        ImmutableSortedSet<string> things = attach ? certificate.Things.Add(thingName) : certificate.Things.Remove(thingName);
        if (things != certificate.Things)
        {
            transaction.Make(new StateChange.CertificatePut(certificate with { Things = things }));
        }

        return null;
    }

    /// <summary>There is no such certificate.</summary>
    public static ServiceError NoCertificate(string id) => ServiceError.NotFound($"Certificate {id} does not exist");
}
