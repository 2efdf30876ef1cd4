#!/bin/sh
# Checks the image without a container engine: lays out what the Dockerfile copies, installs what it installs, and runs that.
# Usage: scripts/check-dockerfile.sh   (needs the Node of the image, see FROM, and npm)
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "check-dockerfile: $*" >&2
  exit 1
}

image=$(mktemp -d)
trap 'chmod -R u+w "$image"; rm -rf "$image"' EXIT INT TERM

# COPY a b... dest: the last word is the destination. What comes from another stage is made by npm below.
copied=$(grep '^COPY ' Dockerfile | grep -v -- '--from=' | awk '{ for (i = 2; i < NF; i++) print $i }' | sort -u)
for path in $copied; do
  [ -e "$path" ] || fail "Dockerfile copies $path, which is not there"
  grep -qx "!$path" .dockerignore || fail "Dockerfile copies $path, which .dockerignore keeps out of the build"
  cp -R "$path" "$image/"
done

user=$(awk '$1 == "USER" { print $2 }' Dockerfile)
case $user in
  '' | root* | 0*) fail "the image runs as '${user:-root}', expected a number above 10000" ;;
esac

entry=$(sed -n 's|^ENTRYPOINT \["node", "/app/\(.*\)"\]$|\1|p' Dockerfile)
[ -n "$entry" ] || fail 'expected ENTRYPOINT ["node", "/app/..."]'
[ -f "$image/$entry" ] || fail "the entry point $entry is not copied"

cd "$image"
npm ci --omit=dev --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >&2
npm ls --omit=dev --all >/dev/null || fail 'npm ls finds dependencies missing or out of place'
# Some of our dev dependencies are dependencies of others too: what the lock file marks as dev is what must not be here.
dev=$(node -p 'Object.entries(require("./package-lock.json").packages).filter(([path, { dev }]) => dev && fs.existsSync(path)).map(([path]) => path).join(" ")')
[ -z "$dev" ] || fail "dev dependencies are in the image: $dev"

chmod -R a-w .
node "$entry" version || fail "'$entry version' fails on the files of the image"
echo "check-dockerfile: ok, $(du -sm . | cut -f1) MB without Node"
