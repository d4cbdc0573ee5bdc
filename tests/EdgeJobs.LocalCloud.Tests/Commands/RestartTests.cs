using EdgeJobs.Testing;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary>A killed cloud loses nothing that it has acknowledged.</summary>
[Trait("Category", "Integration")]
public sealed class RestartTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Acknowledged_state_survives_a_kill()
    {
        string data = _directory["data"];
        string document = _directory["job.json"];
        await File.WriteAllTextAsync(document, """{"version":"1.0"}""");
        string authority;
        await using (CloudServer first = await CloudServer.StartAsync(data))
        {
            await RunAsync(first, "thing", "create", "r1", "--out", _directory.Path);
            authority = await File.ReadAllTextAsync(_directory["ca.pem"]);
            for (int i = 0; i < 5; i++)
            {
                await RunAsync(first, "job", "create", $"r-{i}", "--document", document, "--target", "r1");
            }

            await RunAsync(first, "job", "cancel", "r-4");
            await first.Process.KillAsync();
        }

        await using CloudServer second = await CloudServer.StartAsync(data);
        string list = await RunAsync(second, "job", "list");
        for (int i = 0; i < 4; i++)
        {
            Assert.Matches($"r-{i} +IN_PROGRESS .* 1 queued", list);
        }

        Assert.Matches("r-4 +CANCELED .* 1 canceled", list);
        Assert.Contains("""{"version":"1.0"}""", await RunAsync(second, "job", "show", "r-0"), StringComparison.Ordinal);
        await RunAsync(second, "thing", "create", "r2", "--out", _directory.Path);
        Assert.Equal(authority, await File.ReadAllTextAsync(_directory["ca.pem"]));
    }

    private static async Task<string> RunAsync(CloudServer cloud, params string[] arguments)
    {
        ChildResult outcome = await CloudServer.RunAsync([.. arguments, "--url", cloud.Http.ToString()]);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
        return outcome.Output;
    }
}
