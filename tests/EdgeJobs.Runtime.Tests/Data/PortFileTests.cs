using EdgeJobs.Client.Options;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Data;

public sealed class PortFileTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly LineLogger _logger = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Port_is_known_after_a_restart_for_the_same_server()
    {
        Assert.Null(File().Recall("a.example"));
        File().Keep("a.example", MqttPorts.Https);
        Assert.Equal("a.example 443\n", System.IO.File.ReadAllText(_directory["port"]));
        Assert.Equal(MqttPorts.Https, File().Recall("a.example"));
        Assert.Null(File().Recall("b.example"));
        File().Keep("a.example", MqttPorts.Tls);
        Assert.Equal(MqttPorts.Tls, File().Recall("a.example"));
        Assert.Equal(["port"], Directory.EnumerateFiles(_directory.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.example")]
    [InlineData("a.example 44")]
    [InlineData("a.example 443")]
    [InlineData("a.example 22\n")]
    [InlineData("a.example 443\n443\n")]
    [InlineData("a.example -443\n")]
    [InlineData("a.example 99999999999\n")]
    [InlineData("\0\0\0\0\0\0")]
    public void Corrupt_file_counts_as_missing(string text)
    {
        _directory.Write("port", text);
        Assert.Null(File().Recall("a.example"));
    }

    [Fact]
    public void Oversized_file_or_directory_counts_as_missing()
    {
        _directory.Write("port", "a.example 443\n" + new string('\n', 10_000_000));
        Assert.Null(File().Recall("a.example"));
        System.IO.File.Delete(_directory["port"]);
        Directory.CreateDirectory(_directory["port"]);
        Assert.Null(File().Recall("a.example"));

        // A directory can't be replaced either: that is logged, and nothing more.
        File().Keep("a.example", MqttPorts.Https);
        Assert.Contains("the next start tries both ports", Assert.Single(_logger.Lines), StringComparison.Ordinal);
    }

    private PortFile File() => new(_directory.Path, _logger);
}
