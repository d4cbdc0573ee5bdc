using System.Reflection;
using System.Text.RegularExpressions;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Testing;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>The descriptors, the release file, the documentation and the tests speak of the same diagnostics.</summary>
public sealed partial class DescriptorTests
{
    private static readonly DiagnosticDescriptor[] All =
    [
        .. typeof(DiagnosticDescriptors).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(f => (DiagnosticDescriptor)f.GetValue(null)!),
    ];

    [Fact]
    public void Ids_ascend() => Assert.Equal(All.Select(d => d.Id).Distinct().Order(StringComparer.Ordinal), All.Select(d => d.Id));

    [Fact]
    public void Every_diagnostic_is_enabled_and_has_the_same_category() =>
        Assert.All(All, d => Assert.True(d is { Category: "EdgeJobs", IsEnabledByDefault: true }));

    [Fact]
    public void The_release_file_lists_each_with_its_severity_and_title()
    {
        string[] files = ["AnalyzerReleases.Shipped.md", "AnalyzerReleases.Unshipped.md"];
        IEnumerable<string> rows = files.SelectMany(f => File.ReadLines(Repository.PathOf("generators", "EdgeJobs.Generators", f)))
            .Where(l => l.StartsWith("EJ", StringComparison.Ordinal));
        Assert.Equal(All.Select(d => $"{d.Id} | EdgeJobs | {d.DefaultSeverity} | {d.Title}"), rows);
    }

    [Fact]
    public void The_documentation_lists_each_with_its_severity_cause_fix_and_example()
    {
        string[][] rows =
        [
            .. File.ReadLines(Repository.PathOf("docs", "reference", "diagnostics.md"))
                .Where(l => l.StartsWith("| EJ", StringComparison.Ordinal))
                .Select(l => CellBorder().Split(l.Trim('|')).Select(c => c.Trim()).ToArray()),
        ];
        Assert.Equal(All.Select(d => $"{d.Id} {d.DefaultSeverity}"), rows.Select(r => r[0] + " " + r[1]));
        Assert.All(rows, r => Assert.Equal(5, r.Length));
        Assert.All(rows, r => Assert.All(r, cell => Assert.NotEmpty(cell)));
    }

    [Fact]
    public void Each_has_a_test_of_its_place()
    {
        IEnumerable<MethodInfo> tests = GetType().Assembly.GetTypes()
            .Where(t => t.Namespace == GetType().Namespace || t.Name == "GeneratorTests")
            .SelectMany(t => t.GetMethods());
        IEnumerable<string> named = tests.SelectMany(t => t.GetCustomAttributesData()
            .SelectMany(a => a.ConstructorArguments)
            .SelectMany(a => a.Value as IEnumerable<CustomAttributeTypedArgument> ?? [])
            .Select(a => a.Value as string ?? "")
            .Append(t.Name.Split('_')[0]));
        Assert.Empty(All.Select(d => d.Id).Except(named));
    }

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();
}
