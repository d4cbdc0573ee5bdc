using EdgeJobs.Testing.Architecture;

namespace EdgeJobs.Protocol.Tests;

/// <summary>The checker behind each project's ArchitectureTests.</summary>
public sealed class RoomGraphTests
{
    [Fact]
    public void Imports_of_lower_rooms_are_allowed()
    {
        Assert.Empty(Violations(["Low", "High"], Type("Low/A"), Type("High/B", "Low/A"), Type("Api", "High/B")));
    }

    [Fact]
    public void A_cycle_names_its_types()
    {
        Assert.Equal(
            ["cycle between rooms: High/B -> Low/A, Low/A -> High/C", "Low/A -> High/C: High is above Low in the list of rooms"],
            Violations(["Low", "High"], Type("Low/A", "High/C"), Type("High/B", "Low/A"), Type("High/C")));
    }

    [Fact]
    public void An_import_through_a_type_of_the_root_counts()
    {
        Assert.Equal(
            ["Low/A -> Api -> High/B: High is above Low in the list of rooms"],
            Violations(["Low", "High"], Type("Low/A", "Api"), Type("High/B"), Type("Api", "High/B")));
    }

    [Fact]
    public void Each_folder_is_a_room_in_the_list()
    {
        Assert.Equal(
            ["the room Low/Sub is not in the list of rooms", "the list of rooms names Gone, which has no types"],
            Violations(["Low", "Gone"], Type("Low/A"), Type("Low/Sub/B")));
    }

    [Fact]
    public void The_root_holds_public_types_only()
    {
        var hidden = Type("Helper") with { IsPublic = false };
        Assert.Equal(["Root.Helper is not public and lies in the project's root"], Violations([], hidden));
        Assert.Empty(new RoomGraph([hidden], "Root").Violations([], "Helper"));
    }

    [Fact]
    public void The_namespace_is_the_folder_or_the_root_for_public_types()
    {
        var type = Type("Low/A") with { Namespace = "Root" };
        Assert.Empty(Violations(["Low"], type));
        Assert.Equal(
            ["Root.Low.A lies in the folder Low/A: its namespace must be Root.Low"],
            Violations(["Low"], type with { IsPublic = false }));
        Assert.Equal(
            ["Root.Low.A is declared in several folders: High, Low", "Root.Low.A lies in the folder High/A: its namespace must be "
                + "Root.High"],
            Violations(["High"], Type("Low/A") with { Folders = ["High", "Low"] }));
    }

    [Fact]
    public void The_chart_omits_transitive_imports()
    {
        var graph = new RoomGraph([Type("A/T"), Type("B/T", "A/T"), Type("C/D/T", "A/T", "B/T")], "Root");
        Assert.Equal("flowchart TD\n    A[\"A\"]\n    B[\"B\"]\n    B --> A\n    C_D[\"C/D\"]\n    C_D --> B\n", graph.ToMermaid());
    }

    [Fact]
    public void Uses_are_read_from_signatures_bodies_attributes_and_generic_arguments()
    {
        var types = RoomGraph.Read(typeof(RoomGraphTests).Assembly, "tests/EdgeJobs.Protocol.Tests");
        var uses = types.Single(type => type.Name == "Using").Uses.Select(use => use.Split('.')[^1]).Order(StringComparer.Ordinal);
        Assert.Equal(["UsedArgument", "UsedAttribute", "UsedBase", "UsedEnum", "UsedField", "UsedInBody", "UsedInLambda"], uses);
        Assert.All(types.Where(type => type.Name.StartsWith("Us", StringComparison.Ordinal)), type => Assert.Equal([""], type.Folders));
    }

    private static IReadOnlyList<string> Violations(string[] order, params SourceType[] types) =>
        new RoomGraph(types, "Root").Violations(order);

    /// <summary>A type by its path; its namespace is its folder.</summary>
    private static SourceType Type(string path, params string[] uses)
    {
        var folder = path[..Math.Max(0, path.LastIndexOf('/'))];
        var name = FullName(path);
        return new(path.Split('/')[^1], name, name[..name.LastIndexOf('.')], [folder], true, [.. uses.Select(FullName)]);
    }

    private static string FullName(string path) => "Root." + path.Replace('/', '.');
}

[Used]
internal sealed class Using : UsedBase
{
    private UsedField? _field;

    private List<UsedArgument>? Property { get; set; }

    private static bool Method() => UsedInBody.Value() == UsedEnum.Two;

    private Func<object?> Lambda() => () => UsedInLambda.Value(_field ??= new UsedField(), Property, Method());
}

[AttributeUsage(AttributeTargets.Class)]
internal sealed class UsedAttribute : Attribute;

internal abstract class UsedBase;

internal sealed class UsedField;

internal sealed class UsedArgument;

internal enum UsedEnum
{
    One,
    Two,
}

internal static class UsedInBody
{
    public static UsedEnum Value() => UsedEnum.Two;
}

internal static class UsedInLambda
{
    public static object? Value(params object?[] values) => values;
}
