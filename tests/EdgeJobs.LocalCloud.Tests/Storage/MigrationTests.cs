using EdgeJobs.LocalCloud.Identity;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Storage;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.LocalCloud.Tests.Storage;

/// <summary>Upgrades of files from older versions.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edgejobs-store-").FullName;

    private string File => Path.Combine(_directory, "jobs.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void File_of_version_1_is_upgraded()
    {
        using (SqliteConnection old = new(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ConnectionString))
        {
            old.Open();
            using SqliteCommand command = old.CreateCommand();
#pragma warning disable CA2100 // A constant.
            command.CommandText = Schema.Create + $$"""
                PRAGMA application_id = {{Schema.ApplicationId}};
                PRAGMA user_version = 1;
                INSERT INTO thing (name, id, attributes, created_at) VALUES ('pump', 'a', '{}', 5);
                INSERT INTO thing_group (name, id, members, created_at) VALUES ('north', 'b', '["pump"]', 6);
                """;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }

        using (SqliteJobStore store = SqliteJobStore.Open(File))
        using (JobsService service = Service(store))
        {
            Assert.Equal(["pump"], service.DescribeThingGroup("north").Value!.Members);
            Assert.Null(service.CreatePolicy("p", DefaultPolicy.Json).Error);
            Assert.Null(service.CreatePolicyVersion("p", DefaultPolicy.Json, setAsDefault: true).Error);
            Assert.Null(service.AddCertificate("c1", "pem", active: true).Error);
            Assert.Null(service.AttachThingPrincipal("pump", "c1"));
            Assert.Null(service.AttachPolicy("p", new PolicyTarget(false, "c1")));
            Assert.Null(service.AttachPolicy("p", new PolicyTarget(true, "north")));
        }

        using SqliteJobStore again = SqliteJobStore.Open(File);
        using JobsService later = Service(again);
        Policy policy = later.GetPolicy("p").Value!;
        Assert.Equal((2, 2, 3), (policy.Versions.Count, policy.DefaultVersion, policy.NextVersion));
        DeviceCertificate certificate = later.DescribeCertificate("c1").Value!;
        Assert.Equal(CertificateStatus.Active, certificate.Status);
        Assert.Equal(["p"], certificate.Policies);
        Assert.Equal(["pump"], certificate.Things);
        Assert.Equal(["p"], later.DescribeThingGroup("north").Value!.Policies);
        Assert.Null(later.DetachPolicy("p", new PolicyTarget(false, "c1")));
        Assert.Null(later.DetachPolicy("p", new PolicyTarget(true, "north")));
        Assert.Null(later.DeletePolicyVersion("p", 1));
        Assert.Null(later.DeletePolicy("p"));
    }

    private static JobsService Service(SqliteJobStore store) =>
        new(store, new ManualClock(Cloud.Start), new JobsServiceOptions(), NullLogger<JobsService>.Instance);
}
