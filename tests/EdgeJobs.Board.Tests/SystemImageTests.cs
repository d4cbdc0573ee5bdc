using System.Text.Json.Nodes;
using EdgeJobs.EndToEnd.Tests;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>
/// A board with two slots for its system, the handlers for RAUC of the package, and real reboots. A unit that runs before the agent is
/// the bootloader: it starts a slot that is not marked good once. The slots are files; both have the board's one system.
/// </summary>
[Collection(Debian12Tests.Name)]
public sealed class SystemImageTests(Debian12Board installed)
{
    private const string Slots = "/var/lib/slots";

    private const string Bootloader =
        $$"""
        #!/bin/sh
        cd {{Slots}}
        slot=$(cat primary)
        if [ ! -e good-$slot ]; then
          if [ -e tried-$slot ] || grep --quiet dead slot-$slot; then
            case $slot in A) slot=B ;; *) slot=A ;; esac
          else
            touch tried-$slot
          fi
        fi
        echo $slot > booted
        """;

    private const string Unit =
        $"""
        [Unit]
        Before=edgejobs.service
        [Service]
        Type=oneshot
        ExecStart={Slots}/bootloader
        [Install]
        WantedBy=multi-user.target
        """;

    private Board Board => installed.Board;

    [Fact]
    public async Task A_new_system_is_confirmed_or_the_board_goes_back()
    {
        await installed.ConfigureAsync(asRoot: true);
        await Board.RunAsync(
            $"""
            set -e
            mkdir -p {Slots}/bin
            cd {Slots}
            cat > bin/rauc << 'END'
            {FakeRauc.Program}
            END
            cat > bootloader << 'END'
            {Bootloader}
            END
            cat > /etc/systemd/system/bootloader.service << 'END'
            {Unit}
            END
            printf '#!/bin/sh\nexec {Slots}/bin/rauc "$@"\n' > /usr/bin/rauc
            chmod 755 bin/rauc bootloader /usr/bin/rauc
            echo healthy > slot-A
            echo A | tee booted > primary
            touch good-A
            cp /usr/share/doc/edgejobs/examples/rauc/*.sh /etc/edgejobs/handlers/
            chmod 755 /etc/edgejobs/handlers/*-image.sh
            systemctl enable bootloader
            sync
            """);

        ExecutionStatus healthy = await UpdateAsync("healthy", "SUCCEEDED");
        Assert.Contains("slot B is confirmed", healthy.Detail("stdout"), StringComparison.Ordinal);
        await AssertRunsAsync("B", "healthy");

        ExecutionStatus sick = await UpdateAsync("sick", "FAILED");
        Assert.StartsWith("step 4 of 6 'healthCheck' failed: timed out after 2 s", sick.Detail("reason"), StringComparison.Ordinal);
        Assert.Contains("the board runs slot B, as before", sick.Detail("stdout"), StringComparison.Ordinal);
        await AssertRunsAsync("B", "healthy");

        ExecutionStatus dead = await UpdateAsync("dead", "FAILED");
        Assert.StartsWith("step 5 of 6 'confirm-image.sh' failed", dead.Detail("reason"), StringComparison.Ordinal);
        Assert.Contains("the board runs slot B again: the bootloader has given up", dead.Detail("stderr"), StringComparison.Ordinal);
        await AssertRunsAsync("B", "healthy");

        await Board.RunAsync("systemctl disable bootloader; rm /usr/bin/rauc /etc/edgejobs/handlers/*-image.sh");
        await installed.ConfigureAsync();
    }

    // The content of the image says how its system is.
    private async Task<ExecutionStatus> UpdateAsync(string image, string status)
    {
        await Board.RunAsync($"echo {image} > {Slots}/image");
        JsonObject check = Documents.Step("healthCheck", new JsonObject
        {
            ["command"] = $"sh,-c,grep --quiet healthy {Slots}/slot-$(cat {Slots}/booted)",
            ["times"] = 1,
            ["intervalSeconds"] = 1,
        });
        check["timeoutSeconds"] = 2;
        JsonObject back = Handler("return-image.sh");
        back["alwaysRun"] = true;
        ExecutionStatus end = await installed.RunJobAsync(
            "image-" + image,
            Documents.Steps(
                Handler("write-image.sh", $"{Slots}/image"),
                Handler("switch-image.sh"),
                Documents.Step("reboot", []),
                check,
                Handler("confirm-image.sh"),
                back),
            status);
        await Board.WaitUntilReachedAsync();
        return end;
    }

    private async Task AssertRunsAsync(string slot, string system)
    {
        string found = await Board.RunAsync($"cd {Slots}; cat booted primary slot-$(cat booted); ls good-$(cat booted)");
        Assert.Equal($"{slot}\n{slot}\n{system}\ngood-{slot}", found);
    }

    private static JsonObject Handler(string name, params string[] arguments) => Documents.HandlerStep(name, "default", name, arguments);
}
