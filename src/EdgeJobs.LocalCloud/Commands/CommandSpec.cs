using System.Text;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>A command's name, arguments and options, from which its help text is generated.</summary>
internal sealed record CommandSpec(
    string Name, IReadOnlyList<string> Arguments, string Summary, IReadOnlyList<Flag> Flags, string Notes = "")
{
    public const string Program = "edgejobs-cloud";

    /// <summary>The option with that name in either spelling, or null.</summary>
    public Flag? Find(string name)
    {
        foreach (Flag flag in Flags)
        {
            if (flag.Name.Length == name.Length && flag.Name == name.Replace('-', '_'))
            {
                return flag;
            }
        }

        return null;
    }

    public string Help()
    {
        StringBuilder text = new();
        text.Append("Usage: ").Append(Program).Append(' ').Append(Name);
        foreach (string argument in Arguments)
        {
            text.Append(' ').Append(argument);
        }

        foreach (Flag flag in Flags)
        {
            if (flag.Required)
            {
                text.Append(' ').Append(Syntax(flag));
            }
        }

        text.Append(" [OPTIONS]\n\n").Append(Summary).Append("\n\nOptions:\n");
        int width = "--help".Length;
        foreach (Flag flag in Flags)
        {
            width = Math.Max(width, Syntax(flag).Length);
        }

        foreach (Flag flag in Flags)
        {
            text.Append("  ").Append(Syntax(flag).PadRight(width)).Append("  ").Append(flag.Help).Append('\n');
        }

        text.Append("  ").Append("--help".PadRight(width)).Append("  show this help\n");
        if (Notes.Length > 0)
        {
            text.Append('\n').Append(Notes).Append('\n');
        }

        return text.ToString();
    }

    private static string Syntax(Flag flag)
    {
        string many = flag.IsRepeatable ? "..." : string.Empty;
        return flag.Value is null ? $"--{flag.Name}" : $"--{flag.Name} {flag.Value}{many}";
    }
}
