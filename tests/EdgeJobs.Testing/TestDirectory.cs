namespace EdgeJobs.Testing;

/// <summary>A directory that goes away with the test.</summary>
public sealed class TestDirectory : IDisposable
{
    public TestDirectory() => Path = Directory.CreateTempSubdirectory("edgejobs-test-").FullName;

    public string Path { get; }

    /// <summary>The path of a file in the directory.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
