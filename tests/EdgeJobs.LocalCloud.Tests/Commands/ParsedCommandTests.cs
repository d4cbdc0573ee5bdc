using EdgeJobs.LocalCloud.Commands;

namespace EdgeJobs.LocalCloud.Tests.Commands;

public sealed class ParsedCommandTests
{
    private static readonly CommandSpec Spec = new(
        "job create",
        ["JOB_ID"],
        "Sends a job.",
        [
            new Flag("document", "FILE", "the document", Required: true),
            new Flag("target", "THING", "the things", IsRepeatable: true),
            new Flag("http_port", "PORT", "the port"),
            new Flag("dry_run", null, "only say"),
        ]);

    [Theory]
    [InlineData("j1 --document d.json --http_port 90 --dry_run")]
    [InlineData("j1 --document=d.json --http-port=90 --dry-run")]
    [InlineData("--dry-run --http-port 90 --document d.json j1", "a word after a flag's value is an argument")]
    public void Options_accept_kebab_case_and_values_with_or_without_equals(string line, string why = "")
    {
        ParsedCommand command = Parse(line);
        Assert.Equal(["j1"], command.Arguments);
        Assert.Equal("d.json", command.Value("document"));
        Assert.Equal(90, command.Port("http_port", 8080));
        Assert.True(command.Has("dry_run"), why);
    }

    [Theory]
    [InlineData("j1 --document d --target a b --target c")]
    [InlineData("j1 --document d --target=a --target b c")]
    [InlineData("j1 --target a b c --document d")]
    public void Repeatable_option_takes_all_words_up_to_the_next_option(string line) =>
        Assert.Equal(["a", "b", "c"], Parse(line).Values("target"));

    [Fact]
    public void Missing_options_have_defaults()
    {
        ParsedCommand command = Parse("j1 --document -");
        Assert.Equal("-", command.Value("document"));
        Assert.Equal(8080, command.Port("http_port", 8080));
        Assert.Empty(command.Values("target"));
        Assert.False(command.Has("dry_run"));
    }

    [Theory]
    [InlineData("j1", "--document FILE is missing")]
    [InlineData("--document d", "JOB_ID is missing")]
    [InlineData("j1 j2 --document d", "unexpected argument 'j2'")]
    [InlineData("j1 --document d --colour red", "unknown option --colour")]
    [InlineData("j1 -d d", "unknown option -d")]
    [InlineData("j1 --document", "--document requires a value: --document FILE")]
    [InlineData("j1 --document= --dry_run", "--document requires a value: --document FILE")]
    [InlineData("j1 --document d --document e", "--document is given twice")]
    [InlineData("j1 --document d --dry_run=yes", "--dry_run takes no value")]
    public void Each_fault_has_its_message(string line, string message)
    {
        UsageException fault = Assert.Throws<UsageException>(() => Parse(line));
        Assert.StartsWith(message, fault.Message, StringComparison.Ordinal);
        Assert.Contains("edgejobs-cloud job create --help", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("65536")]
    [InlineData("http")]
    public void Port_must_be_a_number_in_range(string port)
    {
        ParsedCommand command = Parse("j1 --document d --http_port=" + port);
        Assert.Contains("0 (any free port) to 65535", Assert.Throws<UsageException>(
            () => command.Port("http_port", 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_takes_precedence_over_faults() => Assert.True(Parse("--nonsense --help").WantsHelp);

    [Fact]
    public void Help_lists_arguments_and_options()
    {
        string help = Spec.Help();
        Assert.StartsWith("Usage: edgejobs-cloud job create JOB_ID --document FILE [OPTIONS]", help, StringComparison.Ordinal);
        Assert.Contains("--target THING...  the things", help, StringComparison.Ordinal);
        Assert.Contains("--dry_run", help, StringComparison.Ordinal);
    }

    private static ParsedCommand Parse(string line) => ParsedCommand.Parse(Spec, line.Split(' '));
}
