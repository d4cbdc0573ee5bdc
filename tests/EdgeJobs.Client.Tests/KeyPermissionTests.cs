using EdgeJobs.Client.Credentials;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>The checks of a key file's mode, owner and directories.</summary>
public sealed class KeyPermissionTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly TestCertificates _certificates;
    private readonly CertificateFiles _files;

    public KeyPermissionTests()
    {
        _certificates = new TestCertificates(_directory.Path);
        _files = _certificates.IssueClient("pump-7");
    }

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0b110_000_000, nameof(CheckOutcome.Passed), "mode 600, owned by ")]
    [InlineData(0b100_000_000, nameof(CheckOutcome.Passed), "mode 400, owned by ")]
    [InlineData(0b110_100_000, nameof(CheckOutcome.Passed), "mode 640, owned by ")]
    [InlineData(0b100_100_000, nameof(CheckOutcome.Passed), "mode 440, owned by ")]
    [InlineData(0b110_110_000, nameof(CheckOutcome.Warning), "the file's group may change the private key (mode 660); run chmod g-w FILE")]
    [InlineData(0b110_100_100, nameof(CheckOutcome.Failed),
        "every user of this system may read the private key (mode 644); run chmod 600 FILE")]
    [InlineData(0b110_000_010, nameof(CheckOutcome.Failed),
        "every user of this system may change the private key (mode 602); run chmod 600 FILE")]
    [InlineData(0b111_101_101, nameof(CheckOutcome.Failed),
        "every user of this system may read the private key (mode 755); run chmod 600 FILE, or "
        + "move it to a file system with modes if this one has none")]
    public void Each_mode(int mode, string outcome, string message)
    {
        File.SetUnixFileMode(_files.Key, (UnixFileMode)mode);
        CredentialCheck check = Check(_files.Key);
        Assert.Equal(outcome, check.Outcome.ToString());
        Assert.StartsWith(
            $"{_files.Key}: {message.Replace("FILE", _files.Key, StringComparison.Ordinal)}", check.Message, StringComparison.Ordinal);
        Assert.Equal(outcome == nameof(CheckOutcome.Failed) ? check.Message : null, FaultOfLoading(_files.Key));
    }

    [Fact]
    public void A_link_is_followed()
    {
        File.CreateSymbolicLink(_directory["link.key"], _files.Key);
        Assert.Equal(CheckOutcome.Passed, Check(_directory["link.key"]).Outcome);
        File.SetUnixFileMode(_files.Key, (UnixFileMode)0b110_100_100);
        Assert.Equal(CheckOutcome.Failed, Check(_directory["link.key"]).Outcome);
    }

    [Fact]
    public void A_directory_in_which_all_users_can_replace_the_key()
    {
        string open = Directory.CreateDirectory(_directory["open"]).FullName;
        string key = Path.Combine(open, "thing.key");
        File.Copy(_files.Key, key);
        Assert.Equal(CheckOutcome.Passed, Check(key).Outcome);

        File.SetUnixFileMode(open, (UnixFileMode)0b111_111_111);
        CredentialCheck check = Check(key);
        Assert.Equal(
            new CredentialCheck(CredentialAspect.KeyPermissions, CheckOutcome.Warning, $"{key}: every user of this system can put another "
                + $"key in its place (directory {open}, mode 777); run chmod o-w {open}"),
            check);
        Assert.Null(FaultOfLoading(key));

        // Also if only the path leads through the directory, or the target of a link is in it.
        File.CreateSymbolicLink(Path.Combine(open, "link.key"), _files.Key);
        Assert.Equal(CheckOutcome.Warning, Check(Path.Combine(open, "link.key")).Outcome);
        File.CreateSymbolicLink(_directory["to-open.key"], key);
        Assert.Equal(CheckOutcome.Warning, Check(_directory["to-open.key"]).Outcome);

        // Like /tmp: users can't rename the files of others.
        File.SetUnixFileMode(open, (UnixFileMode)0b001_111_111_111);
        Assert.Equal(CheckOutcome.Passed, Check(key).Outcome);
    }

    [Fact]
    public async Task A_key_of_another_user()
    {
        ChildResult changed = await ChildProcess.RunAsync("chown", ["12345", _files.Key]);
        if (!Environment.IsPrivilegedProcess)
        {
            // Only root can change the owner of a file, and only root could read it afterwards.
            Assert.NotEqual(0, changed.ExitCode);
            return;
        }

        CredentialCheck check = Check(_files.Key);
        Assert.Equal(
            new CredentialCheck(CredentialAspect.KeyPermissions, CheckOutcome.Warning, $"{_files.Key}: the private key belongs to user "
                + $"12345, who can read and change it; run chown 0 {_files.Key}"),
            check);
    }

    private CredentialCheck Check(string key) =>
        Assert.Single(CredentialInspection.Inspect(TestOptions.Of(_files.Certificate, key), TimeProvider.System),
        c => c.Aspect == CredentialAspect.KeyPermissions);

    private string? FaultOfLoading(string key)
    {
        try
        {
            ClientCredentials.Load(TestOptions.Of(_files.Certificate, key), TimeProvider.System)!.Dispose();
            return null;
        }
        catch (CredentialException e)
        {
            return e.Message;
        }
    }
}
