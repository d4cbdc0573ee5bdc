#!/usr/bin/env bash
# Builds the Debian packages edgejobs and edgejobs-dbgsym.
#
#   packaging/build-deb.sh [--arch arm64|amd64] [--output DIR] [--binary DIR]
#
# Default: arm64, into artifacts/deb. Publishes the agent (publish-arm64.sh), or takes edgejobs and edgejobs.dbg from --binary DIR.
# The version is that of the file VERSION. Times are those of the commit (or of $SOURCE_DATE_EPOCH), owners are root, files are
# sorted: the same source gives the same packages. $DEB_MAINTAINER names the maintainer.
set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
arch=arm64
output=$root/artifacts/deb
binary=
while (( $# > 0 )); do
  case $1 in
    --arch) arch=${2:?"--arch needs a value: arm64 or amd64"}; shift 2 ;;
    --output) output=${2:?"--output needs a directory"}; shift 2 ;;
    --binary) binary=${2:?"--binary needs a directory"}; shift 2 ;;
    *) echo "usage: $0 [--arch arm64|amd64] [--output DIR] [--binary DIR]" >&2; exit 2 ;;
  esac
done
case $arch in
  arm64) rid=linux-arm64 ;;
  amd64) rid=linux-x64 ;;
  *) echo "error: there is no package for '$arch'; use arm64 or amd64" >&2; exit 2 ;;
esac

if [[ -z ${SOURCE_DATE_EPOCH:-} ]]; then
  SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct) \
    || { echo "error: this is no clone of git; set SOURCE_DATE_EPOCH to the time of the source, in seconds since 1970." >&2; exit 1; }
fi
export SOURCE_DATE_EPOCH
version=$(< "$root/VERSION")
maintainer=${DEB_MAINTAINER:-EdgeJobs contributors <edgejobs-maintainers@users.noreply.github.com>}

if [[ -z $binary ]]; then
  binary=$root/artifacts/$rid
  "$root/publish-arm64.sh" --rid "$rid" --output "$binary"
fi
build_id=$(readelf --notes "$binary/edgejobs" | sed -n 's/.*Build ID: //p')
notices=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
notices=$(find "$notices/runtime.$rid.microsoft.dotnet.ilcompiler" -name THIRD-PARTY-NOTICES.TXT | sort --version-sort | tail --lines 1)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
main=$work/edgejobs symbols=$work/edgejobs-dbgsym
file() { install -D --mode "$1" "$2" "$3"; }
packed() { mkdir -p "$(dirname "$2")" && gzip --best --no-name > "$2" < "$1" && chmod 644 "$2"; }

here=$root/packaging
file 755 "$binary/edgejobs" "$main/usr/bin/edgejobs"
file 644 "$here/edgejobs.service" "$main/lib/systemd/system/edgejobs.service"
file 644 "$here/debian/sysusers.conf" "$main/usr/lib/sysusers.d/edgejobs.conf"
file 644 "$here/debian/tmpfiles.conf" "$main/usr/lib/tmpfiles.d/edgejobs.conf"
file 644 "$here/debian/edgejobs.json" "$main/etc/edgejobs/edgejobs.json"
# Copies, not links: the agent resolves links, and some handlers act by their name.
for handler in "$here"/handlers/*.sh; do
  file 755 "$handler" "$main/etc/edgejobs/handlers/$(basename "$handler")"
done
for example in "$here"/examples/rauc/*.sh; do
  file 644 "$example" "$main/usr/share/doc/edgejobs/examples/rauc/$(basename "$example")"
done
file 644 "$here/edgejobs.schema.json" "$main/usr/share/edgejobs/edgejobs.schema.json"
file 644 "$here/root-jobs.conf" "$main/usr/share/edgejobs/root-jobs.conf"
file 644 "$here/completions/edgejobs.bash" "$main/usr/share/bash-completion/completions/edgejobs"
file 644 "$here/completions/_edgejobs" "$main/usr/share/zsh/vendor-completions/_edgejobs"
file 644 "$here/completions/edgejobs.fish" "$main/usr/share/fish/vendor_completions.d/edgejobs.fish"
packed "$here/man/edgejobs.1" "$main/usr/share/man/man1/edgejobs.1.gz"
packed "$here/man/edgejobs.json.5" "$main/usr/share/man/man5/edgejobs.json.5.gz"
packed "$notices" "$main/usr/share/doc/edgejobs/THIRD-PARTY-NOTICES.gz"
cat > "$work/changelog" << END
edgejobs ($version) unstable; urgency=medium

  * Version $version. CHANGELOG.md of the source lists what has changed.

 -- $maintainer  $(LC_ALL=C date --utc --date "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')
END
file 644 "$here/debian/copyright" "$main/usr/share/doc/edgejobs/copyright"
packed "$work/changelog" "$main/usr/share/doc/edgejobs/changelog.gz"
mkdir -p "$symbols/usr/share/doc"
ln --symbolic edgejobs "$symbols/usr/share/doc/edgejobs-dbgsym"
file 644 "$binary/edgejobs.dbg" "$symbols/usr/lib/debug/.build-id/${build_id:0:2}/${build_id:2}.debug"

# pack DIRECTORY CONTROL: adds the control files and builds the package.
pack() {
  local directory=$1 name deb
  name=$(basename "$directory")
  deb=$output/${name}_${version}_$arch.deb
  mkdir -p "$directory/DEBIAN"
  (cd "$directory" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort --zero-terminated | xargs --null md5sum) \
    > "$work/md5sums"
  install --mode 644 "$work/md5sums" "$directory/DEBIAN/md5sums"
  if [[ -d $directory/etc ]]; then
    (cd "$directory" && find etc -type f -printf '/%p\n' | sort) > "$directory/DEBIAN/conffiles"
  fi
  # In KiB, each file and directory rounded up, as Debian counts.
  local size
  size=$(cd "$directory" && find . -path ./DEBIAN -prune -o -printf '%y %s\n' \
    | awk '{ kib += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print kib }')
  sed -e "s|@VERSION@|$version|; s|@ARCH@|$arch|; s|@MAINTAINER@|$maintainer|; s|@SIZE@|$size|; s|@BUILD_ID@|$build_id|" "$2" \
    > "$directory/DEBIAN/control"
  find "$directory" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$directory" "$deb" > /dev/null
  printf '%s  %s bytes\n' "$deb" "$(stat --format %s "$deb")"
}

for script in postinst prerm postrm; do
  file 755 "$here/debian/$script" "$main/DEBIAN/$script"
done
mkdir -p "$output"
pack "$main" "$here/debian/control.in"
pack "$symbols" "$here/debian/control-dbgsym.in"
