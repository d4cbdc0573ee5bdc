using EdgeJobs.Generators.Tests.Pipeline;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Tests.Diagnostics;

public sealed class ClientFaults
{
    [Fact]
    public void EJ0060_reports_a_client_in_a_project_without_its_package()
    {
        SpecProject project = SpecProject.WithoutClientPackage(
            new SpecProject.Options("N", ("topics.json", "Client", "true")),
            ("topics.json", SpecText.Document("{}")));
        Diagnostic diagnostic = Assert.Single(project.Result.Diagnostics);
        Assert.Equal(
            "topics.json(3,22): error EJ0060: The client of 'Test' is not generated, because the project does not reference "
                + "EdgeJobs.Client: add the package, or remove the metadata Client of the spec's item",
            diagnostic.ToString());
        Assert.DoesNotContain("N.TestClient.g.cs", project.Names);
        project.AssertCompiles();
    }
}
