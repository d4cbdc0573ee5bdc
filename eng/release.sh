#!/usr/bin/env bash
# Builds a release from the last commit, in one command.
#
#   eng/release.sh [--sign KEY] [--output DIR] [--arch arm64|amd64] [--binaries DIR]
#
# DIR (default: artifacts/release) gets, for each architecture, the .deb, the -dbgsym .deb, and the stripped binary and its debug
# symbols as .tar.gz; the NuGet packages; a CycloneDX SBOM for each of them (NAME.cdx.json); provenance.intoto.json; an apt
# repository (apt/) and SHA256SUMS. KEY signs SHA256SUMS and the repository: the file of a minisign key, or a name that gpg knows.
#
# Everything is built in a fresh clone. Times are those of the commit, so that the same commit gives the same bytes on each machine
# with the same tools: eng/reproduce.sh compares. With --binaries DIR, the binaries are those of DIR/linux-x64 and DIR/linux-arm64
# (publish-arm64.sh), and there are no NuGet packages.
set -euo pipefail
umask 022

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
output=$root/artifacts/release
architectures=(arm64 amd64)
binaries=
key=
usage() { echo "usage: $0 [--sign KEY] [--output DIR] [--arch arm64|amd64] [--binaries DIR]" >&2; exit 2; }
while (( $# > 0 )); do
  case $1 in
    --sign) key=${2:?"--sign needs the file of a minisign key, or a name that gpg knows"}; shift 2 ;;
    --output) output=${2:?"--output needs a directory"}; shift 2 ;;
    --arch) architectures=("${2:?"--arch needs a value: arm64 or amd64"}"); shift 2 ;;
    --binaries) binaries=$(realpath "${2:?"--binaries needs a directory"}"); shift 2 ;;
    *) usage ;;
  esac
done
[[ " arm64 amd64 " == *" ${architectures[0]} "* ]] || usage
output=$(realpath --canonicalize-missing "$output")
if [[ -e $output && ! -e $output/SHA256SUMS && -n $(ls -A "$output") ]]; then
  echo "error: $output is not empty and not a release; name another directory." >&2
  exit 1
fi
needs=(jq:jq zip:zip unzip:unzip dpkg-dev:dpkg-scanpackages)
if [[ -f $key ]]; then needs+=(minisign:minisign); elif [[ -n $key ]]; then needs+=(gpg:gpg); fi
"$root/eng/packages.sh" "${needs[@]}"

if [[ -z $binaries && -n $(git -C "$root" status --porcelain --untracked-files=no) ]]; then
  echo "error: there are changes that are not committed; a release is built from a commit." >&2
  exit 1
fi
commit=$(git -C "$root" rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct)
export SOURCE_DATE_EPOCH
# The build has paths of the repository, not of this machine, in symbols and assemblies.
export CI=true DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
version=$(< "$root/VERSION")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$root
if [[ -z $binaries ]]; then
  source=$work/source
  git clone --quiet "$root" "$source"
  git -C "$source" -c advice.detachedHead=false checkout --quiet "$commit"
fi
rm -rf "$output"
mkdir -p "$output"
# Marks the directory as one that may be replaced. An empty list does not verify.
touch "$output/SHA256SUMS"

step() { printf '== %s\n' "$*"; }

# pack_tar NAME DIRECTORY FILE...: a .tar.gz in which only the content counts.
pack_tar() {
  tar --create --directory "$2" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu "${@:3}" \
    | gzip --best --no-name > "$output/$1"
}

# pack_nupkg FILE: NuGet gives its zip the times of this build, and one of its parts the version of the kernel.
pack_nupkg() {
  local parts=$work/nupkg
  rm -rf "$parts"
  unzip -q "$1" -d "$parts"
  sed --in-place 's|<lastModifiedBy>[^<]*</lastModifiedBy>|<lastModifiedBy>NuGet</lastModifiedBy>|' \
    "$parts"/package/services/metadata/core-properties/*.psmdcp
  find "$parts" -exec touch --date "@$SOURCE_DATE_EPOCH" {} +
  rm "$1"
  (cd "$parts" && find . -type f -printf '%P\n' | LC_ALL=C sort | TZ=UTC zip --quiet -X -@ "$1")
}

for architecture in "${architectures[@]}"; do
  rid=linux-${architecture/amd64/x64}
  binary=$binaries/$rid
  if [[ -z $binaries ]]; then
    step "edgejobs for $rid"
    binary=$work/$rid
    sysroot=$root/artifacts/sysroot-debian11-$architecture
    "$root/eng/debian11-sysroot.sh" "$architecture" "$sysroot"
    "$source/publish-arm64.sh" --rid "$rid" --output "$binary" --sysroot "$sysroot"
  fi
  step "packages for $architecture"
  "$source/packaging/build-deb.sh" --arch "$architecture" --binary "$binary" --output "$output"
  mkdir "$work/$architecture"
  install -m 755 "$binary/edgejobs" "$work/$architecture/edgejobs"
  install -m 644 "$binary/edgejobs.dbg" "$work/$architecture/edgejobs.dbg"
  install -m 644 "$source/LICENSE" "$work/$architecture/LICENSE"
  pack_tar "edgejobs-$version-$rid.tar.gz" "$work/$architecture" edgejobs LICENSE
  pack_tar "edgejobs-$version-$rid-symbols.tar.gz" "$work/$architecture" edgejobs.dbg
  "$root/eng/sbom.sh" binary "$binary" "$root/artifacts/sysroot-debian11-$architecture" \
    "$output/edgejobs_${version}_$architecture.deb" "$output/edgejobs-$version-$rid.tar.gz"
done

if [[ -z $binaries ]]; then
  step "NuGet packages"
  for project in generators/EdgeJobs.Generators src/EdgeJobs.Protocol src/EdgeJobs.Client src/EdgeJobs.Runtime; do
    dotnet pack "$source/$project" --configuration Release --output "$output" -nodeReuse:false -verbosity:quiet < /dev/null
    nupkg=$output/$(basename "$project").$version.nupkg
    pack_nupkg "$nupkg"
    "$root/eng/sbom.sh" nuget "$source/$project/obj/project.assets.json" "$nupkg"
  done
fi

step "apt repository"
pool=$output/apt/pool/main/e/edgejobs
mkdir -p "$pool"
ln "$output"/*.deb "$pool/"
(
  cd "$output/apt"
  for architecture in "${architectures[@]}"; do
    index=dists/stable/main/binary-$architecture
    mkdir -p "$index"
    dpkg-scanpackages --multiversion --arch "$architecture" pool 2> "$work/scan.log" > "$index/Packages" \
      || { cat "$work/scan.log" >&2; exit 1; }
    gzip --best --no-name --keep "$index/Packages"
  done
  cd dists/stable
  {
    printf 'Origin: EdgeJobs\nLabel: EdgeJobs\nSuite: stable\nCodename: stable\nVersion: %s\n' "$version"
    printf 'Date: %s\n' "$(LC_ALL=C date --utc --date "@$SOURCE_DATE_EPOCH" '+%a, %d %b %Y %H:%M:%S +0000')"
    printf 'Architectures: %s\nComponents: main\nSHA256:\n' "${architectures[*]}"
    find main -type f | LC_ALL=C sort | while read -r file; do
      printf ' %s %s %s\n' "$(sha256sum "$file" | cut -d' ' -f1)" "$(stat --format %s "$file")" "$file"
    done
  } > Release
)

step "provenance and sums"
artifacts=$(cd "$output" && find . -maxdepth 1 -type f ! -name '*.cdx.json' ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort \
  | xargs sha256sum)
jq --null-input --sort-keys --arg commit "$commit" --arg version "$version" --arg artifacts "$artifacts" \
  --arg arch "${architectures[*]}" \
  --arg sdk "$(dotnet --version)" --arg clang "$(clang --version | head -n 1)" --arg lld "$(ld.lld --version | head -n 1)" \
  --arg dpkg "$(dpkg-deb --version | head -n 1)" '
  {
    _type: "https://in-toto.io/Statement/v1",
    subject: [$artifacts | split("\n")[] | capture("^(?<sha256>[0-9a-f]+)  (?<name>.*)$") | {name, digest: {sha256}}],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: "urn:edgejobs:release:v1",
        externalParameters: {command: "eng/release.sh", version: $version, architectures: ($arch | split(" "))},
        internalParameters: {dotnet: $sdk, clang: $clang, lld: $lld, dpkg: $dpkg},
        resolvedDependencies: [{name: "source", digest: {gitCommit: $commit}}]
      },
      runDetails: {builder: {id: "urn:edgejobs:eng/release.sh"}}
    }
  }' > "$output/provenance.intoto.json"
(cd "$output" && find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs sha256sum) > "$work/SHA256SUMS"
mv "$work/SHA256SUMS" "$output/SHA256SUMS"

if [[ -f $key ]]; then
  minisign -S -s "$key" -m "$output/SHA256SUMS" -t "edgejobs $version"
  verify="minisign -V -p PUBLIC_KEY_FILE -m SHA256SUMS && sha256sum --check --quiet SHA256SUMS"
elif [[ -n $key ]]; then
  gpg=(gpg --batch --yes --local-user "$key" --faked-system-time "$SOURCE_DATE_EPOCH!" --armor)
  "${gpg[@]}" --detach-sign --output "$output/SHA256SUMS.asc" "$output/SHA256SUMS"
  "${gpg[@]}" --clearsign --output "$output/apt/dists/stable/InRelease" "$output/apt/dists/stable/Release"
  "${gpg[@]}" --detach-sign --output "$output/apt/dists/stable/Release.gpg" "$output/apt/dists/stable/Release"
  verify="gpg --verify SHA256SUMS.asc SHA256SUMS && sha256sum --check --quiet SHA256SUMS"
else
  verify="sha256sum --check --quiet SHA256SUMS"
fi

(cd "$output" && find . -maxdepth 1 -type f -printf '%10s  %P\n' | LC_ALL=C sort --key 2)
printf '\nrelease     %s, commit %s\nverify      cd %s && %s\n' "$version" "$commit" "$output" "$verify"
trust="trusted=yes"
[[ -z $key || -f $key ]] || trust="signed-by=PUBLIC_KEY_FILE"
printf 'apt         deb [%s] file:%s/apt stable main\n' "$trust" "$output"
