using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>Probes the requests of fleet provisioning in a form that creates no certificate and registers nothing.</summary>
internal sealed class ClaimProbe(ProvisioningSettings settings) : IServiceProbe
{
    private const string Certificate = "new certificate";
    private const string Provision = "provision";

    public IReadOnlyList<string> CheckNames { get; } = [Certificate, Provision];

    public IReadOnlyList<string> Filters => ProvisioningClient.FiltersOf(settings);

    public async Task RunAsync(ConnectionProbe connection, CancellationToken cancellationToken)
    {
        await connection.ProbeAsync(
            Certificate,
            settings.IsKeyOfService ? JobsTopics.CreateKeysAndCertificate() : JobsTopics.CreateCertificateFromCsr(),
            Filters[0],
            CodeOf,
            "no certificate was created",
            cancellationToken).ConfigureAwait(false);
        await connection.ProbeAsync(
            Provision, JobsTopics.RegisterThing(settings.Template), Filters[1], CodeOf, "nothing was registered", cancellationToken)
            .ConfigureAwait(false);
    }

    private static string CodeOf(ReadOnlyMemory<byte> payload) =>
        ProvisioningRejectedResponse.TryRead(payload, out ProvisioningRejectedResponse? rejected, out _)
            ? rejected.ErrorCode ?? string.Empty
            : string.Empty;
}
