using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Generators.Tests;

public sealed class ArchitectureTests
{
    private static readonly string[] Rooms =
    [
        "Collections", "Names", "Json", "Diagnostics", "Model", "Context", "Schemas", "Parse", "Slices", "Emit",
    ];

    /// <summary>The generator itself is internal, and two types exist only for the compiler.</summary>
    [Fact]
    public void A_room_uses_only_rooms_before_it_in_the_list() =>
        RoomGraph.Of(typeof(EdgeJobsGenerator).Assembly, "generators/EdgeJobs.Generators")
            .Verify(Rooms, "EdgeJobsGenerator", "IsExternalInit", "InterpolatedStringHandlerAttribute");
}
