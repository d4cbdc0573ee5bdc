using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Storage;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;
using Microsoft.Data.Sqlite;

namespace EdgeJobs.LocalCloud.Tests.Storage;

public sealed class SqliteJobStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edgejobs-store-").FullName;

    private string File => Path.Combine(_directory, "jobs.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Everything_is_read_as_written()
    {
        DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds(1795400000123);
        Job full = new()
        {
            Id = "full",
            Document = RawJson.FromText("""{"ä": [1, 2.50]}"""),
            Targets = [JobTarget.Thing("a:b"), JobTarget.Group("g")],
            Description = "what it's for",
            TargetSelection = TargetSelection.Continuous,
            TimeoutInMinutes = 7,
            Status = JobStatus.Canceled,
            ForceCanceled = true,
            ReasonCode = "WHY",
            Comment = "because",
            CreatedAt = time,
            LastUpdatedAt = time.AddSeconds(1),
            CompletedAt = time.AddSeconds(2),
            Sequence = 4,
        };
        Job bare = new()
        {
            Id = "bare",
            Document = RawJson.FromText("{}"),
            Targets = [JobTarget.Thing("x")],
            CreatedAt = time,
            LastUpdatedAt = time,
            Sequence = 5,
        };
        StateChange[] changes =
        [
            new StateChange.ThingPut(
                new Thing("a:b", "id-1", "Pump", new ValueMap<string>(KeyValuePair.Create("k", "v \"quoted\" ü")), time)),
            new StateChange.ThingPut(new Thing("x", "id-2", null, ValueMap<string>.Empty, time)),
            new StateChange.GroupPut(new ThingGroup("g", "id-3", ImmutableSortedSet.Create(StringComparer.Ordinal, "a:b", "x"), time)),
            new StateChange.JobPut(full),
            new StateChange.JobPut(bare),
            new StateChange.ExecutionPut(new Execution
            {
                Key = new ExecutionKey("a:b", "full", 2),
                Status = JobExecutionStatus.TimedOut,
                StatusDetails = new ValueMap<string>(KeyValuePair.Create("step", "1"), KeyValuePair.Create("out", "x")),
                QueuedAt = time,
                StartedAt = time.AddMilliseconds(1),
                LastUpdatedAt = time.AddMilliseconds(2),
                Version = 9,
                ForceCanceled = true,
                InProgressDeadline = time.AddMinutes(1),
                StepDeadline = time.AddMinutes(2),
                Sequence = 6,
            }),
            new StateChange.ExecutionPut(
                new Execution { Key = new ExecutionKey("x", "bare", 1), QueuedAt = time, LastUpdatedAt = time, Sequence = 7 }),
        ];
        using (SqliteJobStore store = SqliteJobStore.Open(File))
        {
            store.Save(changes);
        }

        using SqliteJobStore again = SqliteJobStore.Open(File);
        Assert.Equal(changes.Select(Describe).Order(StringComparer.Ordinal), again.Load().Select(Describe).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Service_continues_with_the_stored_state()
    {
        ManualClock clock = new(Cloud.Start);
        using (SqliteJobStore store = SqliteJobStore.Open(File))
        using (Cloud cloud = new(store, clock: clock))
        {
            cloud.CreateJob("one", timeoutInMinutes: 10);
            cloud.CreateJob("two");
            cloud.CreateJob("gone");
            cloud.Send("start-next", """{"statusDetails":{"step":"1"}}""");
            cloud.Service.DeleteJob("gone", force: true);
        }

        using (SqliteJobStore store = SqliteJobStore.Open(File))
        using (Cloud cloud = new(store, clock: clock))
        {
            Assert.Equal((JobExecutionStatus.InProgress, 2, "1"), (
                cloud.Execution("one").Status, cloud.Execution("one").Version, cloud.Execution("one").StatusDetails["step"]));
            Assert.Equal(["two", "one"], cloud.Service.ListJobs().Items.Select(job => job.Id));
            cloud.CreateJob("three");
            Assert.Equal(["three", "two", "one"], cloud.Service.ListJobs().Items.Select(job => job.Id));
        }

        // The time limit continued while no service was running.
        clock.Advance(TimeSpan.FromHours(1));
        using (SqliteJobStore store = SqliteJobStore.Open(File))
        using (Cloud cloud = new(store, clock: clock))
        {
            Assert.Equal(JobExecutionStatus.TimedOut, cloud.Execution("one").Status);
            Assert.Equal(["notify", "notify-next"], Cloud.Kinds(cloud.Gateway.Drain()));
            Assert.Equal("two", (string?)cloud.Send("$next/get").Single().Json["execution"]!["jobId"]);
        }
    }

    [Fact]
    public void Saved_changes_survive_a_kill()
    {
        // The state after a kill: the file and its log without a close.
        using SqliteJobStore store = SqliteJobStore.Open(File);
        using Cloud cloud = new(store);
        cloud.CreateJob("one");
        cloud.Update("one", "SUCCEEDED");
        string copy = Path.Combine(_directory, "copy.db");
        foreach (string file in Directory.GetFiles(_directory, "jobs.db*"))
        {
            System.IO.File.Copy(file, copy + file[File.Length..]);
        }

        using SqliteJobStore after = SqliteJobStore.Open(copy);
        using Cloud reborn = new(after);
        Assert.Equal(JobExecutionStatus.Succeeded, reborn.Execution("one").Status);
        Assert.Equal(JobStatus.Completed, reborn.JobOf("one").Status);
    }

    [Fact]
    public void File_that_is_not_a_database_is_reported()
    {
        System.IO.File.WriteAllText(File, new string('x', 5000));
        AssertRejected("is not a database");
    }

    [Fact]
    public void Database_of_another_program_is_not_changed()
    {
        Run("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
        byte[] before = System.IO.File.ReadAllBytes(File);
        AssertRejected("of another program");
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
    }

    [Fact]
    public void Newer_schema_is_rejected()
    {
        SqliteJobStore.Open(File).Dispose();
        Run("PRAGMA user_version = 99");
        AssertRejected("newer version (schema 99");
    }

    [Fact]
    public void Damaged_file_is_reported()
    {
        using (SqliteJobStore store = SqliteJobStore.Open(File))
        using (Cloud cloud = new(store))
        {
            for (int i = 0; i < 50; i++)
            {
                cloud.CreateJob($"job-{i}");
            }
        }

        using (FileStream file = new(File, FileMode.Open))
        {
            file.Seek(4096, SeekOrigin.Begin);
            file.Write(new byte[(int)Math.Min(file.Length - 4096, 64 * 1024)]);
        }

        AssertRejected("is damaged");
    }

    [Fact]
    public void Invalid_cell_is_reported()
    {
        using (SqliteJobStore store = SqliteJobStore.Open(File))
        using (Cloud cloud = new(store))
        {
            cloud.CreateJob("one");
        }

        Run("UPDATE execution SET status = 'DREAMING'");
        using SqliteJobStore damaged = SqliteJobStore.Open(File);
        StoreException error = Assert.Throws<StoreException>(() => damaged.Load().ToList());
        Assert.Contains("unknown status", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_cloud_on_the_same_file_is_rejected()
    {
        using SqliteJobStore first = SqliteJobStore.Open(File);
        AssertRejected("is in use");
    }

    [Fact]
    public void Missing_directory_is_reported()
    {
        string file = Path.Combine(_directory, "none", "jobs.db");
        Assert.Contains(
            "can't be written", Assert.Throws<StoreException>(() => SqliteJobStore.Open(file)).Message, StringComparison.Ordinal);
    }

    private void AssertRejected(string because)
    {
        StoreException error = Assert.Throws<StoreException>(() => SqliteJobStore.Open(File));
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
    }

    private void Run(string statement)
    {
        using SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are those of the tests above.
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    // Immutable sets compare by reference, so compare the members.
    private static string Describe(StateChange change) => change switch
    {
        StateChange.GroupPut { Group: var group } => $"{group with { Members = [] }} {string.Join(',', group.Members)}",
        StateChange.JobPut { Job: var job } => $"{job} {string.Join(',', job.Targets)}",
        StateChange.ThingPut { Thing: var thing } => $"{thing} {JsonColumn.Of(thing.Attributes)}",
        StateChange.ExecutionPut { Execution: var execution } => $"{execution} {JsonColumn.Of(execution.StatusDetails)}",
        _ => change.ToString(),
    };
}
