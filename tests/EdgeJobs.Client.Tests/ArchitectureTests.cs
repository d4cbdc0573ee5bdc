using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Client.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void Rooms_import_only_lower_rooms()
    {
        var graph = RoomGraph.Of(typeof(JobsClient).Assembly, "src/EdgeJobs.Client");
        Assert.Empty(graph.Violations(["Options", "Failures", "Logging", "Credentials", "Dialing", "Mqtt", "Requests", "Events"]));
    }
}
