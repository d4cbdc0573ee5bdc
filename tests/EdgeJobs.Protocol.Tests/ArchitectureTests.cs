using EdgeJobs.Testing;
using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Protocol.Tests;

public sealed class ArchitectureTests
{
    private readonly RoomGraph _graph = RoomGraph.Of(typeof(RawJson).Assembly, "src/EdgeJobs.Protocol");

    [Fact]
    public void Rooms_import_only_lower_rooms() =>
        _graph.Verify(["Values", "Topics", "Messages", "Views", "Operations", "Jobs"]);

    [Fact]
    public void ARCHITECTURE_shows_the_rooms() =>
        _graph.VerifyShownIn(File.ReadAllText(Repository.PathOf("ARCHITECTURE.md")));
}
