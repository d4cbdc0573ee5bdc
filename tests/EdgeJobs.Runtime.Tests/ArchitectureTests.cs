using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Runtime.Tests;

public sealed class ArchitectureTests
{
    private static readonly string[] Rooms =
    [
        "Text", "Linux", "Jobs", "Logging", "Settings", "Documents", "Journal", "Output", "Processes", "Handlers", "Engine",
        "Provisioning", "Data", "Status", "Doctor", "Host", "Commands",
    ];

    [Fact]
    public void A_room_uses_only_rooms_before_it_in_the_list() =>
        Assert.Equal(string.Empty, string.Join("\n", RoomGraph.Of(typeof(EdgeJobsAgent).Assembly, "src/EdgeJobs.Runtime").Violations(Rooms)));
}
