using EdgeJobs.Testing;
using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Runtime.Tests;

public sealed class ArchitectureTests
{
    private static readonly string[] Rooms =
    [
        "Text", "Linux", "Jobs", "Logging", "Settings", "Documents", "Journal", "Output", "Processes", "Handlers", "Updates",
        "Engine", "Provisioning", "Data", "Status", "Doctor", "Host", "Commands",
    ];

    private readonly RoomGraph _graph = RoomGraph.Of(typeof(EdgeJobsAgent).Assembly, "src/EdgeJobs.Runtime");

    [Fact]
    public void A_room_uses_only_rooms_before_it_in_the_list() => _graph.Verify(Rooms);

    [Fact]
    public void ARCHITECTURE_shows_the_rooms() =>
        _graph.VerifyShownIn(File.ReadAllText(Repository.PathOf("ARCHITECTURE.md")));
}
