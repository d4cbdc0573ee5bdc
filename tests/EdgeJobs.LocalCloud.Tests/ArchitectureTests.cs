using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.LocalCloud.Tests;

public sealed class ArchitectureTests
{
    private static readonly string[] Rooms =
    [
        "Naming", "Policies", "Templates", "JobTemplates", "Pki", "Buckets", "Model", "Storage", "Registry", "Identity", "Provisioning", "Jobs",
        "Mqtt", "Rest", "Commands", "Demo",
    ];

    [Fact]
    public void A_room_uses_only_rooms_before_it_in_the_list() =>
        RoomGraph.Of(typeof(CloudProgram).Assembly, "src/EdgeJobs.LocalCloud").Verify(Rooms, nameof(Program), nameof(CloudProgram));
}
