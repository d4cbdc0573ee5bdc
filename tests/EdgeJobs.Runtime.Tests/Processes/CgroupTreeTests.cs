using EdgeJobs.Runtime.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

public sealed class CgroupTreeTests
{
    private const string Unified = "31 23 0:28 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw";

    [Theory]
    [InlineData("0::/system.slice/edgejobs.service", Unified, "/sys/fs/cgroup/system.slice/edgejobs.service")]
    [InlineData("0::/", Unified, "/sys/fs/cgroup")]
    [InlineData("0::/a/b", "31 23 0:28 /a /cg rw - cgroup2 cgroup2 rw", "/cg/b")]
    [InlineData("0::/ab", "31 23 0:28 /a /cg rw - cgroup2 cgroup2 rw", null)]
    [InlineData("0::/../x", Unified, null)]
    [InlineData("4:memory:/x", Unified, null)]
    [InlineData("0::/x", "31 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory", null)]
    public void Agent_finds_its_cgroup(string cgroup, string mount, string? expected) =>
        Assert.Equal(expected, CgroupTree.Locate(["9:name=systemd:/", cgroup], ["1 0 8:1 / / rw - ext4 /dev/root rw", mount]));

    [Fact]
    public void Directory_that_is_no_cgroup_is_refused()
    {
        using TestDirectory directory = new();
        Assert.Null(CgroupTree.At(directory["."], memory: false));
        Assert.Null(CgroupTree.At("/proc/no/such/place", memory: false));
    }

    [Fact]
    public void Cgroup_that_another_agent_removed_counts_as_released()
    {
        using TestDirectory directory = new();
        Assert.True(new StepCgroup(directory["gone"], directory["daemons"]).TryRelease());
        Assert.False(Directory.Exists(directory["daemons"]));
    }
}
