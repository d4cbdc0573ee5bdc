using System.Diagnostics;

namespace EdgeJobs.Runtime.Tests.Linux;

/// <summary>A disk of 1 MB, for tests of a full disk. Needs root.</summary>
internal sealed class SmallDisk(string directory) : IDisposable
{
    public static bool TryMount(string directory) =>
        Environment.IsPrivilegedProcess && Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", directory) == 0;

    public void Dispose() => Assert.Equal(0, Run("umount", "--lazy", directory));

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
