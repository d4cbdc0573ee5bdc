using System.Text.RegularExpressions;
using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>thing create</c>: registers a thing with a running cloud and writes the files its agent needs.</summary>
internal static class ThingCreate
{
    public static CommandSpec Spec { get; } = new(
        "thing create",
        ["NAME"],
        "Registers a thing with a running cloud and writes its agent's files: ca.pem, NAME.pem and NAME.key (mode 600).",
        [
            new Flag("out", "DIR", "the directory for the files; created if missing", Required: true),
            new Flag(
                "policy", "FILE",
                $"the IoT policy document of its certificate, stored as policy NAME-policy (default: the policy {DefaultPolicy.Name}, "
                + "which allows only its own topics)"),
            .. CloudAddress.Flags,
        ],
        "Example:\n  edgejobs-cloud thing create pump-7 --out certs");

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string name = command.Arguments[0];
        string directory = command.Value("out")!;
        if (!ThingNames.IsValid(name))
        {
            throw command.Error($"'{name}' is not a valid thing name: use {ThingNames.Rule}");
        }

        ThingFiles files = new(directory, name);
        if (File.Exists(files.Key))
        {
            throw command.Error($"{files.Key} exists and may be in use; delete it or choose another --out");
        }

        string? policy = command.Value("policy") is { } file ? PolicySet.ReadDocument(command, "policy", file) : null;
        using CloudClient cloud = new(CloudAddress.From(command));
        await CreateAsync(cloud, files, policy, cancellationToken).ConfigureAwait(false);
        EndpointBody endpoint = await cloud.SendAsync(
            HttpMethod.Get, "endpoint?endpointType=iot:Data-ATS", RestJson.Default.EndpointBody, cancellationToken).ConfigureAwait(false);
        PolicySet.WriteNotes(policy, output);
        output.Write($"Created thing {name}. Its agent needs these files:\n\n");
        output.Write(
            $"  {files.Authority}   the certificate authority to trust\n  {files.Certificate}   its certificate\n  {files.Key}   its "
            + "private key (mode 600)\n\n");
        output.Write("Start the agent with these files:\n\n");
        output.Write(
            $"  edgejobs run --endpoint {SafeText.Of(endpoint.EndpointAddress)} --thing_name {name} \\\n    --cert {files.Certificate} "
            + $"--key {files.Key} --ca_file {files.Authority}\n");
        return ExitCode.Done;
    }

    /// <summary>Registers a thing and writes its files.</summary>
    /// <param name="policy">The policy document of its certificate; null for the default policy.</param>
    public static async Task CreateAsync(CloudClient cloud, ThingFiles files, string? policy, CancellationToken cancellationToken)
    {
        try
        {
            // Before anything is created in the cloud: a certificate whose key can't be stored is useless.
            Directory.CreateDirectory(files.Directory);
            string name = Uri.EscapeDataString(files.ThingName);
            string policyName = policy is null ? DefaultPolicy.Name : PolicyOf(files.ThingName);
            if (policy is not null)
            {
                await PolicySet.PutAsync(cloud, policyName, policy, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await PolicySet.EnsureAsync(cloud, policyName, DefaultPolicy.Json, cancellationToken).ConfigureAwait(false);
            }

            await cloud.SendAsync(
                HttpMethod.Post, $"things/{name}", RestJson.Default.ThingCreatedBody, cancellationToken).ConfigureAwait(false);
            KeysAndCertificateBody keys = await cloud.SendAsync(
                HttpMethod.Post,
                $"keys-and-certificate?setAsActive=true&thingName={name}",
                RestJson.Default.KeysAndCertificateBody,
                cancellationToken).ConfigureAwait(false);
            await cloud.SendForPrincipalAsync(
                HttpMethod.Put, $"things/{name}/principals", keys.CertificateArn, cancellationToken).ConfigureAwait(false);
            await PolicyAttach.AttachAsync(cloud, policyName, keys.CertificateArn, cancellationToken).ConfigureAwait(false);
            PemFile.WriteKey(files.Key, keys.KeyPair.PrivateKey);
            PemFile.WriteCertificate(files.Certificate, keys.CertificatePem);
            PemFile.WriteCertificate(files.Authority, keys.CertificateAuthorityPem);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"can't write to {files.Directory}: {e.Message}");
        }
    }

    // Policy names allow other characters than thing names: no colon.
    private static string PolicyOf(string thingName) =>
        (thingName.Length > 121 ? thingName[..121] : thingName).Replace(':', '.') + "-policy";
}

/// <summary>The paths of a thing's files.</summary>
internal sealed record ThingFiles(string Directory, string ThingName)
{
    public string Authority => Path.Combine(Directory, "ca.pem");

    public string Certificate => Path.Combine(Directory, ThingName + ".pem");

    public string Key => Path.Combine(Directory, ThingName + ".key");
}

internal static partial class ThingNames
{
    public const string Rule = "1 to 128 letters, digits, ':', '_' and '-'";

    public static bool IsValid(string name) => Pattern().IsMatch(name);

    [GeneratedRegex("^[a-zA-Z0-9:_-]{1,128}\\z")]
    private static partial Regex Pattern();
}
