#!/usr/bin/env bash
# Writes the SBOM (CycloneDX 1.5, JSON) of each artifact of a release to ARTIFACT.cdx.json.
#
#   eng/sbom.sh binary DIR SYSROOT ARTIFACT...   DIR: what publish-arm64.sh has written, with DIR/inputs
#   eng/sbom.sh nuget ASSETS PACKAGE.nupkg       ASSETS: obj/project.assets.json of the project
#
# It lists each NuGet package that was compiled or linked in, each native library that was linked in, and each that the program loads
# or opens when it runs: name, version, licence and hash. Dates and ids follow from the content.
set -euo pipefail

[[ $# -ge 4 && $1 == binary || $# == 3 && $1 == nuget ]] || { sed -n '4,5s/^# *//p' "$0" >&2; exit 2; }
kind=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
version=$(< "$root/VERSION")
hash() { sha256sum "$1" | cut -d' ' -f1; }

# component TYPE NAME VERSION LICENCE PURL ALGORITHM HASH SCOPE LINKAGE: one line; values may be empty.
component() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }

# licence_of DIRECTORY: of a NuGet package, as SPDX.
licence_of() {
  local licence
  licence=$(sed --quiet 's|.*<license type="expression">\([^<]*\)</license>.*|\1|p' "$1"/*.nuspec)
  if [[ -z $licence ]] && grep --quiet --ignore-case 'MIT License\|Permission is hereby granted, free' "$1"/LICENSE* 2> /dev/null; then
    licence=MIT
  fi
  echo "$licence"
}

# package ID VERSION SCOPE LINKAGE
package() {
  local directory=$packages/${1,,}/${2,,} id nupkg sum=
  id=$(sed --quiet 's|.*<id>\([^<]*\)</id>.*|\1|p' "$directory"/*.nuspec)
  nupkg=$directory/${1,,}.${2,,}.nupkg
  [[ ! -f $nupkg ]] || sum=$(sha512sum "$nupkg" | cut -d' ' -f1)
  component library "$id" "$2" "$(licence_of "$directory")" "pkg:nuget/$id@$2" SHA-512 "$sum" "$3" "$4"
}

# debian PACKAGE: its version in the sysroot.
debian() { zcat "$sysroot/usr/share/doc/$1/changelog.Debian.gz" | sed -n '1s/^[^(]*(\([^)]*\)).*/\1/p'; }

# built_by FILE: the version of the GCC that has compiled it.
built_by() { readelf --string-dump=.comment "$1" | sed -n 's/.*GCC: (Debian \([^)]*\)).*/\1/p' | head -n 1; }

# runtime_library NAME PACKAGE LICENCE LINKAGE SCOPE: of the board; version and hash are those that the program is linked and tested with.
runtime_library() {
  local file
  file=$(find "$sysroot/lib" "$sysroot/usr/lib" "$sysroot/lib64" -name "$1" 2> /dev/null | LC_ALL=C sort | head -n 1)
  [[ -n $file ]] || { echo "error: $sysroot has no $1; complete runtime_library in $0" >&2; exit 1; }
  component library "$1" "$(debian "$2")" "$3" "pkg:deb/debian/$2@$(debian "$2")?file=$1" SHA-256 "$(hash "$file")" "$5" "$4"
}

glibc="LGPL-2.1-or-later"
gcc="GPL-3.0-or-later WITH GCC-exception-3.1"
components() {
  if [[ $kind == nuget ]]; then
    unzip -Z1 "$artifact" '*.dll' | LC_ALL=C sort | while read -r file; do
      component file "$file" "" "" "" SHA-256 "$(unzip -p "$artifact" "$file" | sha256sum | cut -d' ' -f1)" required contained
    done
    jq --raw-output '[.targets[] | to_entries[] | "\(.key) \(.value.type) \(if .value.runtime then "required" else "excluded" end)"]
        | unique[]' "$assets" | while IFS='/ ' read -r id of type scope; do
      if [[ $type == project ]]; then
        component library "$id" "$of" Apache-2.0 "pkg:nuget/$id@$of" "" "" required referenced
      else
        package "$id" "$of" "$scope" "$([[ $scope == required ]] && echo referenced || echo build)"
      fi
    done
    return
  fi

  # The packages whose assemblies were compiled in, and those whose libraries were linked in; the compiler itself is a tool.
  local used
  used=$(sed --quiet "s|.*$packages/\([^/]*\)/\([^/]*\)/.*|\1 \2|p" "$binary/inputs/edgejobs.ilc.rsp" "$binary/inputs/linked.txt" \
    | LC_ALL=C sort --unique)
  while read -r id of; do
    package "$id" "$of" required compiled
  done <<< "$used"
  jq --raw-output '.targets[] | to_entries[] | select(.value.type == "package") | .key | sub("/"; " ")' \
    "$binary/inputs/project.assets.json" | tr '[:upper:]' '[:lower:]' | LC_ALL=C sort --unique \
    | LC_ALL=C comm -23 - <(echo "$used") | while read -r id of; do
      package "$id" "$of" excluded build
    done

  local file name
  while read -r file; do
    name=$(basename "$file")
    case $file in
      "$packages"/*)
        IFS=/ read -r id of _ <<< "${file#"$packages/"}"
        component library "$name" "$of" "$(licence_of "$packages/$id/$of")" "pkg:nuget/$id@$of?file=$name" SHA-256 "$(hash "$file")" \
          required static
        ;;
      "$sysroot"/*/gcc/*) component library "$name" "$(built_by "$file")" "$gcc" "" SHA-256 "$(hash "$file")" required static ;;
      "$sysroot"/*) component library "$name" "$(debian libc6-dev)" "$glibc" "" SHA-256 "$(hash "$file")" required static ;;
      */edgejobs.o) ;; # The program itself.
      *) component library "$name" "" "" "" SHA-256 "$(hash "$file")" required static ;;
    esac
  done < "$binary/inputs/linked.txt"

  readelf --wide --dynamic "$binary/edgejobs" | sed --quiet 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | LC_ALL=C sort | while read -r name; do
    case $name in
      libgcc_s.so.*) runtime_library "$name" libgcc-s1 "$gcc" dynamic required ;;
      libz.so.*) runtime_library "$name" zlib1g Zlib dynamic required ;;
      *) runtime_library "$name" libc6 "$glibc" dynamic required ;;
    esac
  done
  # OpenSSL: one of the two. The engine only for keys in tokens; it is not in the sysroot.
  component library libssl.so.3 3 Apache-2.0 "" "" "" optional opened
  component library libcrypto.so.3 3 Apache-2.0 "" "" "" optional opened
  runtime_library libssl.so.1.1 libssl1.1 OpenSSL opened optional
  runtime_library libcrypto.so.1.1 libssl1.1 OpenSSL opened optional
  component library pkcs11.so "0.4" LGPL-2.1-or-later "" "" "" optional opened
}

if [[ $kind == binary ]]; then
  binary=$2 sysroot=$(realpath "$3")
  shift 3
  for file in edgejobs.ilc.rsp linked.txt project.assets.json; do
    [[ -f $binary/inputs/$file ]] || { echo "error: $binary/inputs has no $file; run publish-arm64.sh again" >&2; exit 1; }
  done
else
  assets=$2 artifact=$3
  shift 2
fi
list=$(components)
for artifact in "$@"; do
  sum=$(hash "$artifact")
  # A UUID of version 8 (RFC 9562) from the hash.
  uuid=${sum:0:8}-${sum:8:4}-8${sum:13:3}-8${sum:17:3}-${sum:20:12}
  jq --raw-input --slurp --arg name "$(basename "$artifact")" --arg version "$version" --arg sum "$sum" --arg uuid "$uuid" \
    --arg time "$(date --utc --date "@$epoch" +%Y-%m-%dT%H:%M:%SZ)" '
    [split("\n")[] | select(. != "") | split("\t") as [$type, $name, $version, $licence, $purl, $algorithm, $hash, $scope, $linkage]
      | {
          type: $type, name: $name, version: $version, scope: $scope,
          "bom-ref": (if $purl == "" then "\($linkage):\($name)@\($version)" else $purl end)
        }
        + (if $purl == "" then {} else {purl: $purl} end)
        + (if $hash == "" then {} else {hashes: [{alg: $algorithm, content: $hash}]} end)
        + (if $licence == "" then {}
           elif ($licence | test(" ")) then {licenses: [{expression: $licence}]}
           else {licenses: [{license: {id: $licence}}]} end)
        + {properties: [{name: "edgejobs:linkage", value: $linkage}]}
    ]
    | unique_by(."bom-ref")
    | {
        bomFormat: "CycloneDX",
        specVersion: "1.5",
        serialNumber: "urn:uuid:\($uuid)",
        version: 1,
        metadata: {
          timestamp: $time,
          tools: {components: [{type: "application", name: "eng/sbom.sh", version: $version}]},
          component: {
            type: "application", "bom-ref": $name, name: $name, version: $version, licenses: [{license: {id: "Apache-2.0"}}],
            hashes: [{alg: "SHA-256", content: $sum}]
          }
        },
        components: .,
        dependencies: [{ref: $name, dependsOn: [.[] | select(.scope != "excluded")."bom-ref"]}]
      }' <<< "$list" > "$artifact.cdx.json"
done
