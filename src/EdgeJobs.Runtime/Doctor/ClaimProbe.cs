using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>The requests of fleet provisioning, each in a form that makes no certificate and registers nothing.</summary>
/// <param name="settings">The template, and who makes the key.</param>
internal sealed class ClaimProbe(ProvisioningSettings settings) : IServiceProbe
{
    private const string Certificate = "new certificate";
    private const string Provision = "provision";

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [Certificate, Provision];

    /// <inheritdoc/>
    public IReadOnlyList<string> Filters => ProvisioningClient.FiltersOf(settings);

    /// <inheritdoc/>
    public async Task AskAsync(ConnectionProbe walk, CancellationToken cancellationToken)
    {
        await walk.ProbeAsync(
            Certificate,
            settings.IsKeyOfService ? JobsTopics.CreateKeysAndCertificate() : JobsTopics.CreateCertificateFromCsr(),
            Filters[0],
            CodeOf,
            "no certificate was made",
            cancellationToken).ConfigureAwait(false);
        await walk.ProbeAsync(Provision, JobsTopics.RegisterThing(settings.Template), Filters[1], CodeOf, "nothing was registered", cancellationToken).ConfigureAwait(false);
    }

    private static string CodeOf(ReadOnlyMemory<byte> payload) =>
        ProvisioningRejectedResponse.TryRead(payload, out ProvisioningRejectedResponse? rejected, out _) ? rejected.ErrorCode ?? string.Empty : string.Empty;
}
