using System.Text.RegularExpressions;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Archives that must not be installed: each fails with its message, and nothing has changed.</summary>
public sealed class InstallAttackTests : IDisposable
{
    private readonly InstallBoard _install = new();

    public void Dispose() => _install.Dispose();

    public static TheoryData<string, string> Attacks
    {
        get
        {
            TheoryData<string, string> rows = [];
            foreach ((string name, (_, string message)) in HostileArchives.All)
            {
                rows.Add(name, message);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public async Task An_archive_that_is_not_accepted_changes_nothing(string attack, string message)
    {
        await _install.InstallAsync(_install.Plan("1.0"));
        string archive = _install.Archive(HostileArchives.All[attack].Archive());
        string fault = await _install.RefuseAsync(new StepAction.Install(archive, _install.Directory, "2.0"));
        Assert.Matches($"^{string.Join(".*", message.Split('*').Select(Regex.Escape))}$", fault);
        Assert.Equal("1.0", _install.Current);
    }
}
