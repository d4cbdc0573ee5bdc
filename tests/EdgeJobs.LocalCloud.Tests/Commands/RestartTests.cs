namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary>A cloud that is killed loses nothing that it has acknowledged.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly string _directory = CloudProcess.NewDirectory();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Everything_acknowledged_is_there_after_a_kill()
    {
        string data = Path.Combine(_directory, "data");
        string document = Path.Combine(_directory, "job.json");
        await File.WriteAllTextAsync(document, """{"version":"1.0"}""");
        string authority;
        await using (CloudProcess first = await CloudProcess.StartAsync(data))
        {
            await RunAsync(first, "thing", "create", "r1", "--out", _directory);
            authority = await File.ReadAllTextAsync(Path.Combine(_directory, "ca.pem"));
            for (int i = 0; i < 5; i++)
            {
                await RunAsync(first, "job", "create", $"r-{i}", "--document", document, "--target", "r1");
            }

            await RunAsync(first, "job", "cancel", "r-4");
            await first.KillAsync();
        }

        await using CloudProcess second = await CloudProcess.StartAsync(data);
        string list = await RunAsync(second, "job", "list");
        for (int i = 0; i < 4; i++)
        {
            Assert.Matches($"r-{i} +IN_PROGRESS .* 1 queued", list);
        }

        Assert.Matches("r-4 +CANCELED .* 1 canceled", list);
        Assert.Contains("""{"version":"1.0"}""", await RunAsync(second, "job", "show", "r-0"), StringComparison.Ordinal);
        await RunAsync(second, "thing", "create", "r2", "--out", _directory);
        Assert.Equal(authority, await File.ReadAllTextAsync(Path.Combine(_directory, "ca.pem")));
    }

    private static async Task<string> RunAsync(CloudProcess cloud, params string[] arguments)
    {
        Outcome outcome = await CloudBinary.RunAsync([.. arguments, "--url", cloud.Http.ToString()]);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        return outcome.Output;
    }
}
