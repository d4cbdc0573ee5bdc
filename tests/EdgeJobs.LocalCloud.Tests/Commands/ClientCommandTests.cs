using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary>The commands that call a running cloud, run as processes.</summary>
[Trait("Category", "Integration")]
public sealed class ClientCommandTests(Rest.CloudFixture fixture) : IClassFixture<Rest.CloudFixture>, IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Thing_create_writes_three_files_and_a_private_key_with_mode_600()
    {
        string certificates = _directory["certs"];
        ChildResult outcome = await RunAsync("thing", "create", "pump-7", "--out", certificates);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains($"--endpoint 127.0.0.1:{fixture.Cloud.Mqtts.Port} --thing_name pump-7", outcome.Output, StringComparison.Ordinal);

        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(
            Path.Combine(certificates, "pump-7.pem"), Path.Combine(certificates, "pump-7.key"));
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(certificates, "ca.pem"));
        Assert.Equal("CN=pump-7", certificate.Subject);
        Assert.Equal(authority.Subject, certificate.Issuer);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(certificates, "pump-7.key")));
        }

        ChildResult again = await RunAsync("thing", "create", "pump-7", "--out", certificates);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("pump-7.key exists", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_create_show_list_and_cancel()
    {
        await RunAsync("thing", "create", "k1", "--out", _directory.Path);
        await RunAsync("thing", "create", "k2", "--out", _directory.Path);
        string document = _directory["job.json"];
        await File.WriteAllTextAsync(document, """{"version":"1.0","steps":[]}""");

        ChildResult created = await RunAsync(
            "job", "create", "k-1", "--document", document, "--description", "a trial", "--target", "k1",
            "arn:aws:iot:us-east-1:000000000000:thing/k2");
        Assert.Equal(0, created.ExitCode);
        Assert.Contains("Created job k-1", created.Output, StringComparison.Ordinal);

        ChildResult shown = await RunAsync("job", "show", "k-1");
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains("status    IN_PROGRESS", shown.Output, StringComparison.Ordinal);
        Assert.Contains("a trial", shown.Output, StringComparison.Ordinal);
        Assert.Contains("""{"version":"1.0","steps":[]}""", shown.Output, StringComparison.Ordinal);
        Assert.Contains("k1  QUEUED", shown.Output, StringComparison.Ordinal);
        Assert.Contains("k2  QUEUED", shown.Output, StringComparison.Ordinal);

        ChildResult listed = await RunAsync("job", "list");
        Assert.Contains("2 queued", listed.Output, StringComparison.Ordinal);

        ChildResult canceled = await RunAsync("job", "cancel", "k-1", "--comment", "not needed");
        Assert.Equal(0, canceled.ExitCode);
        ChildResult after = await RunAsync("job", "show", "k-1");
        Assert.Contains("status    CANCELED", after.Output, StringComparison.Ordinal);
        Assert.Contains("not needed", after.Output, StringComparison.Ordinal);
        Assert.Contains("k1  CANCELED", after.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policy_set_attach_show_list_and_delete()
    {
        string document = _directory["policy.json"];
        await File.WriteAllTextAsync(
            document, """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Conect","Resource":"*"}}""");
        ChildResult created = await RunAsync("thing", "create", "p:1", "--out", _directory.Path, "--policy", document);
        Assert.True(created.ExitCode == 0, created.ToString());
        Assert.Contains("Note: statement 1: iot:Conect is not one of AWS IoT Core's actions", created.Output, StringComparison.Ordinal);
        Assert.Contains("p.1-policy", (await RunAsync("policy", "list")).Output, StringComparison.Ordinal);

        Assert.Contains("Policy own: version 1 is the default.\nPolicy own is attached to p:1.", (
            await RunAsync("policy", "set", "own", "--document", document, "--thing", "p:1")).Output, StringComparison.Ordinal);
        for (int version = 2; version <= 7; version++)
        {
            Assert.Contains(
                $"version {version}", (await RunAsync("policy", "set", "own", "--document", document)).Output, StringComparison.Ordinal);
        }

        ChildResult shown = await RunAsync("policy", "show", "own");
        Assert.Contains("version   7\nattached  arn:aws:iot:us-east-1:000000000000:cert/", shown.Output, StringComparison.Ordinal);
        Assert.Contains("iot:Conect", shown.Output, StringComparison.Ordinal);
        ChildResult refused = await RunAsync("policy", "delete", "own");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("detach it first", refused.Errors, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("policy", "detach", "own", "--thing", "p:1")).ExitCode);
        Assert.Equal(0, (await RunAsync("policy", "delete", "own")).ExitCode);
        Assert.Equal(1, (await RunAsync("policy", "show", "own")).ExitCode);
    }

    [Fact]
    public async Task Document_is_read_from_standard_input()
    {
        await RunAsync("thing", "create", "k3", "--out", _directory.Path);
        string command =
            $"echo '{{\"a\":1}}' | '{CloudProcess.Program}' job create k-3 --document - --target k3 --url {fixture.Cloud.Http}";
        ChildResult created = await ChildProcess.RunAsync("sh", ["-c", command]);
        Assert.True(created.ExitCode == 0, created.ToString());
        Assert.Contains("""{"a":1}""", (await RunAsync("job", "show", "k-3")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("job show nothing", 1, "nothing")]
    [InlineData("job cancel nothing", 1, "(ResourceNotFoundException)")]
    [InlineData("job create k-9 --document /no/such.json --target k9", 2, "can't read --document /no/such.json")]
    [InlineData("job create k-9 --document /dev/null --target k9", 1, "(InvalidRequestException)")]
    [InlineData("job create k-9 --document - --target k9 --timeout 0", 2, "--timeout 0")]
    [InlineData("job create k-9 --target k9", 2, "give either --document or --template")]
    [InlineData("job create k-9 --document - --template AWS-Reboot --target k9", 2, "give either --document or --template")]
    [InlineData("job create k-9 --document - --parameter a=b --target k9", 2, "--parameter is only for --template")]
    [InlineData("job create k-9 --template AWS-Dance --target k9", 2, "--template AWS-Dance: there is no such managed job template; use")]
    [InlineData("job create k-9 --template AWS-Reboot --parameter x --target k9", 2, "--parameter x: must have the form KEY=VALUE")]
    [InlineData("job create k-9 --template AWS-Run-Command --target k9", 1, "documentParameters has no 'command', which AWS-Run-Command")]
    [InlineData("policy set p --document /dev/null", 2, "--document /dev/null is invalid: the document is not valid JSON")]
    [InlineData("policy set p --document /no/such.json", 2, "can't read --document /no/such.json")]
    [InlineData("policy attach nothing --thing k9", 1, "Thing k9 is not registered")]
    [InlineData("policy show nothing", 1, "Policy nothing does not exist (ResourceNotFoundException)")]
    [InlineData("thing create a/b --out x", 2, "'a/b' is not a valid thing name")]
    [InlineData("thing create k9 --out /dev/null/x", 2, "can't write to /dev/null/x")]
    [InlineData("job list --url nowhere", 2, "--url nowhere")]
    public async Task Each_failure_prints_one_line_and_sets_the_exit_code(string line, int exitCode, string message)
    {
        string[] arguments = line.Split(' ');
        ChildResult outcome = line.Contains("--url", StringComparison.Ordinal)
            ? await CloudServer.RunAsync(arguments)
            : await RunAsync(arguments);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Single(outcome.Errors.TrimEnd('\n').Split('\n'));
        Assert.Equal(string.Empty, outcome.Output);
    }

    [Fact]
    public async Task Unreachable_cloud_is_reported_with_the_fix()
    {
        // No test listens on port 1.
        ChildResult outcome = await CloudServer.RunAsync("job", "list", "--http_port", "1");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("can't reach a local cloud at http://127.0.0.1:1", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("edgejobs-cloud serve", outcome.Errors, StringComparison.Ordinal);
    }

    private Task<ChildResult> RunAsync(params string[] arguments) =>
        CloudServer.RunAsync(
            [.. arguments, "--http_port", fixture.Cloud.Http.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
}
