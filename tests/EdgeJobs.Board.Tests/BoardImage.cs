using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>A disk and a kernel that eng/board/build-image.sh made.</summary>
/// <param name="Directory">The directory with its files.</param>
/// <param name="PageSize">The size of the kernel's pages.</param>
/// <param name="Kernel">The options of eng/board/run.sh that choose the kernel.</param>
public sealed record BoardImage(string Directory, int PageSize, params IReadOnlyList<string> Kernel)
{
    /// <summary>Debian 12.</summary>
    public static BoardImage Debian12 => Built("bookworm", 4096);

    /// <summary>Debian 13.</summary>
    public static BoardImage Debian13 => Built("trixie", 4096);

    /// <summary>Debian 13 with pages of 16 KB, as on a Raspberry Pi 5.</summary>
    public static BoardImage Debian13With16KPages => Built("trixie", 16384, "--kernel", "16k");

    private static BoardImage Built(string release, int pageSize, params string[] kernel)
    {
        string directory = Repository.PathOf("artifacts", "board", release);
        return File.Exists(Path.Combine(directory, "complete"))
            ? new BoardImage(directory, pageSize, kernel)
            : throw new InvalidOperationException($"{directory} is not complete; ./test.sh EdgeJobs.Board.Tests builds it");
    }
}
