namespace EdgeJobs.Testing;

public static class Repository
{
    /// <summary>The directory that holds EdgeJobs.sln.</summary>
    public static string Root { get; } = Find();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "EdgeJobs.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("no EdgeJobs.sln in the directories above " + AppContext.BaseDirectory);
    }
}
