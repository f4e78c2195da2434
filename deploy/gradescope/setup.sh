#!/bin/sh
# Gradescope runs this once, as root, when it builds the image of the autograder. It installs Node, Oxo and the languages of the
# course. The package oxo-*.tgz, made by `npm pack`, lies beside it.
set -eu
node=${NODE_VERSION:-26.10.0}
languages=${LANGUAGES:-python3 gcc g++ libc6-dev make default-jdk-headless perl}
source=$(cd "$(dirname "$0")" && pwd)

apt-get update
# shellcheck disable=SC2086 # Each word is a package.
DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
  ca-certificates curl xz-utils iproute2 util-linux $languages

case $(uname -m) in x86_64) machine=x64 ;; aarch64) machine=arm64 ;; *) echo "Node has no build for $(uname -m)." >&2; exit 1 ;; esac
archive=node-v$node-linux-$machine.tar.xz
cd /tmp
curl -fsSLO "https://nodejs.org/dist/v$node/$archive"
curl -fsSL "https://nodejs.org/dist/v$node/SHASUMS256.txt" | grep " $archive\$" | sha256sum --check -
tar -xJf "$archive" -C /usr/local --strip-components 1
rm "$archive"

npm install --global --no-fund --no-audit "$source"/oxo-*.tgz
id student >/dev/null 2>&1 || useradd --create-home student
