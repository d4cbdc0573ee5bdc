using EdgeJobs.Testing;
using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Client.Tests;

public sealed class ArchitectureTests
{
    private readonly RoomGraph _graph = RoomGraph.Of(typeof(JobsClient).Assembly, "src/EdgeJobs.Client");

    [Fact]
    public void Rooms_import_only_lower_rooms() =>
        _graph.Verify(
            ["Tasks", "Options", "Failures", "Logging", "Credentials", "Dialing", "Mqtt", "Requests", "Services", "Events"]);

    [Fact]
    public void ARCHITECTURE_shows_the_rooms() =>
        _graph.VerifyShownIn(File.ReadAllText(Repository.PathOf("ARCHITECTURE.md")));
}
