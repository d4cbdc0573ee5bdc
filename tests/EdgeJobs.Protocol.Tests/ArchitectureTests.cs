using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Protocol.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Rooms_import_only_lower_rooms()
    {
        var graph = RoomGraph.Of(typeof(RawJson).Assembly, "src/EdgeJobs.Protocol");
        Assert.Empty(graph.Violations(["Values", "Topics", "Messages", "Views", "Operations", "Jobs"]));
    }
}
