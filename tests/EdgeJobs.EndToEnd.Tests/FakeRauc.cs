namespace EdgeJobs.EndToEnd.Tests;

/// <summary>RAUC without partitions and bootloader.</summary>
internal static class FakeRauc
{
    /// <summary>
    /// The script <c>rauc</c>. It lies in a directory <c>bin</c>; the directory above has the environment of the bootloader: the files
    /// booted and primary name a slot, good-SLOT is there if it was marked good, tried-SLOT if the bootloader has tried it before that,
    /// and slot-SLOT is its system.
    /// </summary>
    public const string Program = """
        #!/bin/sh
        cd "${0%/*}/.."
        booted=$(cat booted)
        case $booted in A) other=B ;; *) other=A ;; esac
        case $* in
          install*) cp "$2" "slot-$other"; rm -f "good-$other" "tried-$other" ;;
          'status --output-format=shell') printf "RAUC_SYSTEM_BOOTED_BOOTNAME='%s'\n" "$booted" ;;
          'status mark-active other') echo $other > primary ;;
          'status mark-active booted') echo $booted > primary ;;
          'status mark-good booted') touch "good-$booted" ;;
          'status mark-bad booted') rm -f "good-$booted" ;;
          *) exit 1 ;;
        esac
        """;
}
