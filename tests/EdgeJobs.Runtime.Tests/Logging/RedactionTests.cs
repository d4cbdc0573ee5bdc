using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Tests.Logging;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("nothing to hide", "nothing to hide")]
    [InlineData("can't start https://b.s3.amazonaws.com/fw.bin?X-Amz-Signature=d3adbeef: no such file",
        "can't start https://b.s3.amazonaws.com/fw.bin?*** no such file")]
    [InlineData("'https://b/fw?sig=1' and \"https://b/fw?sig=2\"", "'https://b/fw?***' and \"https://b/fw?***\"")]
    [InlineData("https://b/fw", "https://b/fw")]
    [InlineData("https://b/fw? is it", "https://b/fw? is it")]
    [InlineData("https://b/fw?***", "https://b/fw?***")]
    [InlineData("https://b/a?https://c/d?e", "https://b/a?***")]
    [InlineData("<https://b/a?b>", "<https://b/a?***>")]
    [InlineData("http://user:hunter2@proxy:3128", "http://***@proxy:3128")]
    [InlineData("http://user@proxy/path", "http://***@proxy/path")]
    [InlineData("http://user:p@ss@proxy:3128/x", "http://***@proxy:3128/x")]
    [InlineData("http://user:p/w?#d@proxy:3128", "http://***@proxy:3128")]
    [InlineData("https://registry:8443/@scope/package", "https://registry:8443/@scope/package")]
    [InlineData("https://registry/@scope/package", "https://registry/@scope/package")]
    [InlineData("https://[::1]/@scope", "https://[::1]/@scope")]
    [InlineData("mqtts://127.0.0.1:8883", "mqtts://127.0.0.1:8883")]
    [InlineData("key?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=d3ad ends", "key?X-Amz-Credential=***&X-Amz-Signature=*** ends")]
    [InlineData("x-amz-security-token%3Dabc", "x-amz-security-token%3D***")]
    [InlineData("{\"url\":\"https:\\/\\/b\\/a?X-Amz-Signature=d3ad\"}", "{\"url\":\"https:\\/\\/b\\/a?X-Amz-Signature=***\"}")]
    [InlineData("the header X-Amz-Date is missing", "the header X-Amz-Date is missing")]
    [InlineData("-----BEGIN PRIVATE KEY----- | MIIE | -----END PRIVATE KEY----- | done",
        "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY----- | done")]
    [InlineData("-----BEGIN EC PRIVATE KEY----- | MHcC", "-----BEGIN EC PRIVATE KEY-----***")]
    [InlineData("QAB | cdef | -----END RSA PRIVATE KEY----- | done", "***-----END RSA PRIVATE KEY----- | done")]
    [InlineData("a-----BEGIN PRIVATE KEY-----1-----END PRIVATE KEY-----b-----BEGIN PRIVATE KEY-----2-----END PRIVATE KEY-----c",
        "a-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----b-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----c")]
    [InlineData("a-----BEGIN PRIVATE KEY-----1-----END CERTIFICATE-----b", "a-----BEGIN PRIVATE KEY-----***-----END CERTIFICATE-----b")]
    [InlineData("-----BEGIN CERTIFICATE----- | MIIB | -----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----- | MIIB | -----END CERTIFICATE-----")]
    [InlineData("no PRIVATE KEY----- at all", "no PRIVATE KEY----- at all")]
    [InlineData("no key (-----BEGIN PRIVATE KEY-----); give one", "no key (-----BEGIN PRIVATE KEY-----); give one")]
    [InlineData("(-----BEGIN PRIVATE KEY-----); -----BEGIN PRIVATE KEY----- MIIE",
        "(-----BEGIN PRIVATE KEY-----); -----BEGIN PRIVATE KEY-----***")]
    [InlineData("(-----BEGIN PRIVATE KEY-----\nMIIE)", "(-----BEGIN PRIVATE KEY-----***")]
    [InlineData("write http://[USER[:PASSWORD]@]HOST:PORT", "write http://[USER[:PASSWORD]@]HOST:PORT")]
    [InlineData("give --proxy http://USER@HOST:PORT", "give --proxy http://USER@HOST:PORT")]
    [InlineData("http://USER:hunter2@proxy:1", "http://***@proxy:1")]
    [InlineData("http://[u:PLANTED@proxy:1", "http://***@proxy:1")]
    public void Secrets_are_redacted_and_nothing_else(string text, string clean)
    {
        Assert.Equal(clean, Redaction.Of(text));
        Assert.Equal(clean, Redaction.Of(clean));
    }

    [Fact]
    public void Text_without_secrets_is_unchanged()
    {
        string text = new("connected to mqtts://host:8883, see https://docs.example/page for X-Amz-Date".ToCharArray());
        Assert.Equal(text, Redaction.Of(text));
    }

    /// <summary>Checks the string literals of the compiled assemblies.</summary>
    [Theory]
    [InlineData(typeof(Protocol.SafeText))]
    [InlineData(typeof(Client.JobsClient))]
    [InlineData(typeof(EdgeJobsAgent))]
    public void No_message_of_the_agent_looks_like_a_secret(Type anyOfAssembly)
    {
        using PEReader file = new(File.OpenRead(anyOfAssembly.Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        int count = 0;
        for (UserStringHandle literal = MetadataTokens.UserStringHandle(1); !literal.IsNil; literal = metadata.GetNextHandle(literal))
        {
            count++;
            string text = metadata.GetUserString(literal);
            Assert.Equal(text, Redaction.Of(text));
        }

        Assert.True(count > 10, $"{count} literals");
    }

    [Fact]
    public void Redaction_of_any_text_is_idempotent()
    {
        Random random = new(5);
        string[] pieces = ["-----BEGIN ", "-----END ", "PRIVATE KEY-----", "://", "?", "@", ":", "/", "X-Amz-", "=", "%3D", "&", " ", "\"",
            "a", "7", "\ud83d", "***"];
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            string once = Redaction.Of(text);
            Assert.True(once == Redaction.Of(once), text);
        }
    }
}
