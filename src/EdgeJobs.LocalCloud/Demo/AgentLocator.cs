using System.Reflection;

namespace EdgeJobs.LocalCloud.Demo;

/// <summary>Finds the agent's executable. The build writes its path, relative to this program, into the assembly.</summary>
internal static class AgentLocator
{
    private const string MetadataKey = "EdgeJobs.AgentPath";

    /// <summary>Looks next to this program first, as in an installation, and then where the build put it.</summary>
    /// <returns>The path, or null if neither place has an agent.</returns>
    public static string? Find()
    {
        string here = AppContext.BaseDirectory;
        List<string> candidates = [Path.Combine(here, "edgejobs")];
        foreach (AssemblyMetadataAttribute metadata in typeof(AgentLocator).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        {
            if (metadata.Key == MetadataKey && metadata.Value is { Length: > 0 } relative)
            {
                string built = Path.GetFullPath(Path.Combine(here, relative));
                candidates.Add(Path.ChangeExtension(built, null));
                candidates.Add(built);
            }
        }

        return candidates.Find(File.Exists);
    }
}
