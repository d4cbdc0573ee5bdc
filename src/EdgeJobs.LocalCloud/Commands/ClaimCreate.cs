using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Provisioning;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>claim create</c>: creates a claim certificate, which boards exchange for their own certificates.</summary>
internal static class ClaimCreate
{
    private const string FileName = "claim";

    public static CommandSpec Spec { get; } = new(
        "claim create",
        ["TEMPLATE"],
        "Creates a claim certificate, which boards share until they have their own, and writes ca.pem, claim.pem and claim.key (mode 600).",
        [new Flag("out", "DIR", "the directory for the files; created if missing", Required: true), .. CloudAddress.Flags],
        "Example:\n  edgejobs-cloud claim create pumps --out claim");

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string template = command.Arguments[0];
        ThingFiles files = new(command.Value("out")!, FileName);
        if (File.Exists(files.Key))
        {
            throw command.Error($"{files.Key} exists and boards may use it; delete it or choose another --out");
        }

        using CloudClient cloud = new(CloudAddress.From(command));
        EndpointBody endpoint;
        try
        {
            // Before anything is created in the cloud: a certificate whose key can't be stored is useless.
            Directory.CreateDirectory(files.Directory);
            await cloud.SendAsync(
                HttpMethod.Get, $"provisioning-templates/{Uri.EscapeDataString(template)}", RestJson.Default.TemplateBody,
                cancellationToken).ConfigureAwait(false);
            string policy = ClaimPolicy.NameFor(template);
            await PolicySet.EnsureAsync(cloud, policy, ClaimPolicy.JsonFor(template), cancellationToken).ConfigureAwait(false);
            KeysAndCertificateBody keys = await cloud.SendAsync(
                HttpMethod.Post, "keys-and-certificate?setAsActive=true", RestJson.Default.KeysAndCertificateBody,
                cancellationToken).ConfigureAwait(false);
            await PolicyAttach.AttachAsync(cloud, policy, keys.CertificateArn, cancellationToken).ConfigureAwait(false);
            PemFile.WriteKey(files.Key, keys.KeyPair.PrivateKey);
            PemFile.WriteCertificate(files.Certificate, keys.CertificatePem);
            PemFile.WriteCertificate(files.Authority, keys.CertificateAuthorityPem);
            endpoint = await cloud.SendAsync(
                HttpMethod.Get, "endpoint?endpointType=iot:Data-ATS", RestJson.Default.EndpointBody,
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"can't write to {files.Directory}: {e.Message}");
        }

        output.Write(
            $"Created a claim certificate for the template {template}. Boards need these files until they have their own "
            + "certificates:\n\n");
        output.Write(
            $"  {files.Authority}   the certificate authority to trust\n  {files.Certificate}   the claim certificate\n  {files.Key}   "
            + "its private key (mode 600)\n\n");
        output.Write("Start an agent with these files and the template's parameters:\n\n");
        output.Write(
            $"  edgejobs run --endpoint {SafeText.Of(endpoint.EndpointAddress)} --ca_file {files.Authority} --claim_cert "
            + $"{files.Certificate} --claim_key {files.Key} \\\n");
        output.Write($"    --provisioning_template {template} --provisioning_parameters '{{\"NAME\":\"VALUE\"}}'\n");
        return ExitCode.Done;
    }
}
