#!/bin/sh
# Puts charsync on the PATH of the steps that follow. What it is told arrives
# in variables, and nothing of it is run.
#
#   INSTALL_VERSION      v1.2.3, latest, source, or nothing
#   INSTALL_CHECKSUM     SHA-256 of the archive, or nothing
#   INSTALL_DOWNLOADS    where releases are
#   INSTALL_REF          what the action was named by
#   INSTALL_ATTESTATION  auto or off
#   INSTALL_TOKEN        for gh alone, which looks the attestation up
#
# release.txt beside this file names the release that this commit belongs to,
# with the checksums of its archives. A download is never trusted to name the
# version, and the newest release is taken by nobody who did not ask for it.
set -eu

fail() {
  echo "::error title=setup-charsync::$1"
  exit 1
}

# Prints what was installed, and tells it to the runner.
installed() {
  PATH="$1:$PATH"
  said=$(charsync version) || fail "the program does not run"
  echo "$said"
  echo "$1" >>"$GITHUB_PATH"
  echo "version=$said" >>"$GITHUB_OUTPUT"
  exit 0
}

token=${INSTALL_TOKEN:-}
unset INSTALL_TOKEN
pins=$GITHUB_ACTION_PATH/../setup-charsync/release.txt
pinned=$(awk '$1 == "version" { print $2; exit }' "$pins")

version=${INSTALL_VERSION:-}
if [ -z "$version" ]; then
  if found=$(command -v charsync); then
    echo "a charsync is here already"
    installed "$(dirname "$found")"
  fi
  case ${INSTALL_REF:-} in
    v[0-9]*.[0-9]*.[0-9]*) version=$INSTALL_REF ;;
    *) version=$pinned ;;
  esac
fi
if [ -z "$version" ]; then # this commit lies between two releases
  command -v go >/dev/null || fail "this commit of the action belongs to no release; name the action by a release or its commit, give version:, or add actions/setup-go before this step to build the commit"
  version=source
fi

into="$RUNNER_TEMP/charsync-program"
rm -rf "$into"
mkdir -p "$into"

if [ "$version" = source ]; then
  command -v go >/dev/null || fail "version: source needs Go; add actions/setup-go before this step"
  (cd "$GITHUB_ACTION_PATH/../../.." && CGO_ENABLED=0 go build -trimpath -o "$into/" ./cmd/charsync) || fail "the program could not be built"
  installed "$into"
fi

downloads=${INSTALL_DOWNLOADS%/}
if [ "$version" = latest ]; then
  at=$(curl -fsSL --retry 3 -o "$into/latest" -w '%{url_effective}' "$downloads/latest") || fail "the latest release could not be found at $downloads"
  version=${at##*/}
fi
case $version in
  *[!A-Za-z0-9.+-]* | "" | [!v]* | v[!0-9]*) fail "version: this is no release; give one such as v1.2.3, latest or source" ;;
esac

system=$(uname -s)
case ${RUNNER_OS:-$system} in
  Linux) system=linux ;;
  macOS | Darwin) system=darwin ;;
  Windows | MINGW* | MSYS*) system=windows ;;
  *) fail "there is no release for this system" ;;
esac
machine=$(uname -m)
case ${RUNNER_ARCH:-$machine} in
  X64 | x86_64 | amd64) machine=amd64 ;;
  ARM64 | aarch64 | arm64) machine=arm64 ;;
  *) fail "there is no release for this processor" ;;
esac
archive=charsync_${version#v}_${system}_$machine.tar.gz
[ "$system" = windows ] && archive=${archive%.tar.gz}.zip

cd "$into"
curl -fsSL --retry 3 --max-time 300 -o "$archive" "$downloads/download/$version/$archive" || fail "$archive could not be downloaded from $downloads"
want=${INSTALL_CHECKSUM:-}
listed=checksums.txt
if [ -z "$want" ] && [ "$version" = "$pinned" ]; then
  listed=release.txt
  want=$(awk -v name="$archive" '$2 == name { print $1 }' "$pins")
elif [ -z "$want" ]; then
  curl -fsSL --retry 3 --max-time 60 -o checksums.txt "$downloads/download/$version/checksums.txt" || fail "the checksums of $version could not be downloaded"
  want=$(awk -v name="$archive" '$2 == name { print $1 }' checksums.txt)
fi
if command -v sha256sum >/dev/null; then
  got=$(sha256sum "$archive")
else
  got=$(shasum -a 256 "$archive")
fi
got=${got%% *}
got=${got#\\}
[ -n "$want" ] && [ "$got" = "$want" ] || fail "$archive is not what was released: its SHA-256 is $got, and not ${want:-in $listed}"

# Where the archive was built, and from what, is attested by the release's own
# workflow. gh looks that up by the checksum, so a mirror makes no difference.
case ${INSTALL_ATTESTATION:-auto} in
  off) ;;
  auto)
    if [ -z "$token" ] || ! command -v gh >/dev/null || ! gh attestation verify --help >/dev/null 2>&1; then
      echo "the attestation of $archive was not verified: that takes gh 2.49 or newer, and a token"
    else
      GH_TOKEN=$token gh attestation verify "$archive" --repo charsync/charsync \
        --signer-workflow charsync/charsync/.github/workflows/release.yml >attested 2>&1 ||
        fail "$archive has no attestation of charsync's release workflow that holds; gh attestation verify tells why, and attestation: off goes without"
      echo "the attestation of $archive holds"
    fi
    ;;
  *) fail "attestation: give auto or off" ;;
esac

case $archive in
  *.zip) unzip -q "$archive" ;;
  *) tar -xzf "$archive" ;;
esac
installed "$into"
