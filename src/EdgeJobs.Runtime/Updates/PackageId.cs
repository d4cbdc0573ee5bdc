namespace EdgeJobs.Runtime.Updates;

/// <summary>A version of a Debian package.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Architecture">Its architecture, or <see cref="AnyArchitecture"/>.</param>
/// <param name="Version">Its version.</param>
internal readonly record struct PackageId(string Name, string Architecture, string Version)
{
    /// <summary>The architecture of packages for all boards.</summary>
    public const string AnyArchitecture = "all";

    /// <summary>The name of its file, as apt writes it.</summary>
    public string FileName => $"{Name}_{Version.Replace(":", "%3a", StringComparison.Ordinal)}_{Architecture}.deb";

    /// <summary>Reads the three words; null if they are not those of a package: they become the name of a file, and arguments.</summary>
    public static PackageId? Parse(string text)
    {
        string[] words = text.Split(' ');
        return words.Length == 3 && IsWord(words[0], "+-.") && IsWord(words[1], "-") && IsWord(words[2], "+-.:~")
            ? new PackageId(words[0], words[1], words[2])
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Architecture} {Version}";

    private static bool IsWord(string text, string marks)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !marks.Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return text.Length > 0 && char.IsAsciiLetterOrDigit(text[0]);
    }
}
