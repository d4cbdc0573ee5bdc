using EdgeJobs.Generators.Emit;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using EdgeJobs.Testing;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Tests.Pipeline;

/// <summary>An edit of the Jobs spec emits only the files that show it.</summary>
public sealed class EditedFilesTests
{
    private const string Path = "topics.json";

    private static readonly string Jobs = File.ReadAllText(Repository.PathOf(Path));

    private static readonly string Everything = File.ReadAllText(
        System.IO.Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));

    [Theory]
    [InlineData(
        "the description of an object",
        "The part of a job execution that updates change.",
        "What updates change.",
        "JobExecutionState.g.cs")]
    [InlineData(
        "the description of a member",
        "The version number after the last change.",
        "Counts changes.",
        "JobExecutionState.g.cs", "JobExecutionStateView.g.cs")]
    [InlineData(
        "the description of an enum value",
        "Waits for the thing.",
        "Waits.",
        "JobExecutionStatus.g.cs")]
    [InlineData(
        "a limit of a member",
        "\"minimum\": 1,\n            \"maximum\": 10080",
        "\"minimum\": 1,\n            \"maximum\": 10081",
        "StartNextPendingJobExecutionRequest.g.cs")]
    [InlineData(
        "the type of a member",
        "{ \"type\": \"string\", \"description\": \"The reason as text.\" }",
        "{ \"type\": \"boolean\", \"description\": \"The reason as text.\" }",
        "RejectedResponse.g.cs", "RejectedResponseView.g.cs")]
    [InlineData(
        "the description of a channel",
        "The head of the thing's queue has changed.",
        "Another one.",
        "JobsChannel.g.cs", "JobsTopics.g.cs")]
    [InlineData(
        "the description of a topic parameter",
        "The registered name of the thing.",
        "The name of the thing.",
        "JobsTopics.g.cs")]
    [InlineData(
        "the rule of a topic parameter",
        "^[a-zA-Z0-9:_-]+$\" },",
        "^[a-z0-9:_-]+$\" },",
        "JobExecution.g.cs", "JobExecutionState.g.cs", "JobsTopics.g.cs", "RegisterThingResponse.g.cs",
        "StartNextPendingJobExecutionRequest.g.cs", "UpdateJobExecutionRequest.g.cs")]
    [InlineData(
        "the description of an operation",
        "Returns one job execution of a thing.",
        "Returns it.",
        "JobsOperations.g.cs")]
    [InlineData(
        "the address of an event",
        "/jobs/notify-next",
        "/jobs/told-next",
        "JobsChannel.g.cs", "JobsSpec.g.cs", "JobsTopics.Matching.g.cs", "JobsTopics.g.cs")]
    public void An_edit_emits_the_files_that_show_it(string what, string text, string edited, params string[] files)
    {
        Assert.True(Jobs.Contains(text, StringComparison.Ordinal), what + ": not in the spec");
        SpecProject project = new((Path, Jobs));
        int all = project.Names.Count();
        project.EditSpec(Path, Jobs.Replace(text, edited, StringComparison.Ordinal));

        Assert.Equal(files.Order(StringComparer.Ordinal), project.Emitted[IncrementalStepRunReason.Modified].Order(StringComparer.Ordinal));
        Assert.Equal(all - files.Length, project.Emitted[IncrementalStepRunReason.Cached].Count());

        // The compiler gets the same files.
        IncrementalStepRunReason[] outputs =
            [.. project.Result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).Select(o => o.Reason)];
        Assert.Equal(files.Length, outputs.Count(r => r == IncrementalStepRunReason.Modified));
        Assert.DoesNotContain(IncrementalStepRunReason.Unchanged, outputs);
    }

    [Fact]
    public void A_new_version_emits_every_file()
    {
        SpecProject project = new((Path, Jobs));
        project.EditSpec(Path, Jobs.Replace("\"version\": \"1.0.0\"", "\"version\": \"1.0.1\"", StringComparison.Ordinal));
        Assert.Equal(project.Names.Count(), project.Emitted[IncrementalStepRunReason.Modified].Count());
    }

    [Fact]
    public void A_new_type_leaves_the_types_before_it_unchanged()
    {
        SpecProject project = new((Path, Jobs));
        string[] before = [.. project.Names];
        project.EditSpec(Path, Jobs.Replace(
            "{ \"type\": \"string\", \"description\": \"The reason as text.\" }",
            "{ \"type\": \"object\", \"x-name\": \"Reason\", \"properties\": {} }",
            StringComparison.Ordinal));
        Assert.Equal(
            ["Test.Specs.RejectedResponseReason.g.cs", "Test.Specs.RejectedResponseReasonView.g.cs"],
            project.Names.Except(before).Order(StringComparer.Ordinal));

        // The pipeline compares by position, and types are in the order of their names. (The member's own type has changed.)
        string[] changed = ["RejectedResponse.g.cs", "RejectedResponseView.g.cs"];
        string[] emitted = [.. project.Emitted[IncrementalStepRunReason.Modified], .. project.Emitted[IncrementalStepRunReason.New]];
        Assert.Equal(changed, emitted.Where(
            name => string.CompareOrdinal(name.Replace("View.g.cs", ".g.cs", StringComparison.Ordinal), "RejectedResponseReason") < 0));
    }

    /// <summary>A slice omits exactly what its file does not show.</summary>
    [Fact]
    public void A_view_is_the_same_from_its_slice_and_from_the_whole_type()
    {
        foreach (string spec in new[] { Jobs, Everything })
        {
            SpecModel model = SpecAssert.Model(spec);
            SpecHead head = SpecHead.Of(model);
            ObjectModel[] types = [.. model.Types.OfType<ObjectModel>()];
            Assert.NotEmpty(types);
            Assert.All(types, type => Assert.Equal(ViewEmitter.Emit(head, type), FileEmitter.Emit(ViewSlice.Of(head, type))));
        }
    }

    [Fact]
    public void The_matcher_is_the_same_from_its_slice_and_from_the_whole_channels()
    {
        foreach (string spec in new[] { Jobs, Everything })
        {
            SpecModel model = SpecAssert.Model(spec);
            SpecHead head = SpecHead.Of(model);
            Assert.Equal(MatcherEmitter.Emit(head, model.Channels), FileEmitter.Emit(MatcherSlice.Of(head, model)));
            Assert.NotEqual(model.Channels, MatcherSlice.Of(head, model).Channels);
        }
    }
}
