using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Provisioning;

public sealed class ProvisioningParametersTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Parameters_come_from_the_text_or_from_a_file()
    {
        ValueMap<string> expected = new([new("SerialNumber", "7"), new("Site", "Köln")]);
        const string json = """ { "SerialNumber": "7", "Site": "Köln" } """;
        Assert.Equal(expected, ProvisioningParameters.Read(json));
        Assert.Equal(expected, ProvisioningParameters.Read(_directory.Write("p.json", json)));
        Assert.Equal(ValueMap<string>.Empty, ProvisioningParameters.Read(null));
    }

    [Fact]
    public void Value_can_be_the_content_of_a_file()
    {
        // Strings of the device tree end with a NUL.
        string serial = _directory.Write("serial", "100000007\0");
        string address = _directory.Write("address", " dc:a6:32:00:00:07\n");
        Assert.Equal(
            new ValueMap<string>([new("SerialNumber", "100000007"), new("Mac", "dc:a6:32:00:00:07")]),
            ProvisioningParameters.Read($$"""{"SerialNumber":"file:{{serial}}","Mac":"file:{{address}}"}"""));
    }

    [Theory]
    [InlineData("{", "--provisioning_parameters: is not valid JSON (line 1, byte 2)")]
    [InlineData("""{"a":7}""", "--provisioning_parameters: the value of \"a\" is not a string")]
    [InlineData("""{"a":"x","a":"y"}""", "--provisioning_parameters: \"a\" occurs twice")]
    [InlineData("/nowhere/p.json", "--provisioning_parameters: the file /nowhere/p.json can't be read")]
    [InlineData("""{"a":"file:/nowhere/serial"}""", "--provisioning_parameters: \"a\": the file /nowhere/serial can't be read")]
    [InlineData("""{"a":"file:/dev/null"}""", "--provisioning_parameters: \"a\": the file /dev/null is empty")]
    [InlineData("""{"a":"file:/dev/zero"}""", "--provisioning_parameters: \"a\": the file /dev/zero is larger than 4096 bytes")]
    public void A_fault_names_the_member_and_no_value(string text, string fault) =>
        Assert.StartsWith(fault, Assert.Throws<UsageException>(() => ProvisioningParameters.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_of_something_else_is_told()
    {
        string file = _directory.Write("p.json", "[]");
        Assert.StartsWith(
            $"{file}: is not a JSON object",
            Assert.Throws<UsageException>(() => ProvisioningParameters.Read(file)).Message,
            StringComparison.Ordinal);
    }
}
