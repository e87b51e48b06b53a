#!/usr/bin/env bash
# The Debian package in a fresh root that has no Python: installed, looked at, played on its own and on JACK, removed,
# and nothing of it left. As root, with debootstrap. Usage: packaging/test-deb.sh [PACKAGE] [SUITE]
set -euo pipefail
cd "$(dirname "$0")/.."
package=${1:-$(find dist -name 'antiphon_*.deb' -newer dist/antiphon/LICENSE.txt)}
suite=${2:-bookworm}
mirror=${MIRROR:-http://deb.debian.org/debian}
base=build/debroot-$suite
root=$(mktemp -d /tmp/antiphon-deb.XXXXXX)
step() { printf '\n== %s\n' "$*"; }
fail() { printf 'test-deb: %s\n' "$*" >&2; exit 1; }
inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"; }
as_player() { inside su player -s /bin/sh -c "$*"; }
# Whether what the player is told has a sign in it.
says() { case "$(as_player "$2")" in *"$1"*) ;; *) fail "«$2» does not say «$1»" ;; esac; }
leave() {
    [ -z "${jack:-}" ] || kill "$jack" 2>/dev/null || true
    umount -l "$root/dev/shm" "$root/dev/pts" "$root/proc" "$root/dev" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
trap leave EXIT
# Every file there is, without what apt and dpkg themselves write down, and the player's own home.
listed() {
    inside find / -xdev \( -path /proc -o -path /dev -o -path /tmp -o -path /home -o -path /run -o -path /var/lib/dpkg \
        -o -path /var/lib/apt -o -path /var/cache -o -path /var/log -o -path /etc/ld.so.cache \) -prune -o -print | sort
}

step "a root of $suite with nothing in it"
if [ ! -e "$base/.ready" ]; then
    rm -rf "$base"
    debootstrap --variant=minbase "$suite" "$base" "$mirror" >/dev/null
    touch "$base/.ready"
fi
cp -a "$base/." "$root"
rm "$root/.ready"
cp /etc/resolv.conf "$root/etc/"
cp "$package" "$root/tmp/antiphon.deb"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero random urandom tty; do cp -a "/dev/$node" "$root/dev/"; done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t devpts devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
inside useradd --create-home --groups audio player
inside apt-get update -qq
listed >"$root/tmp/before"

step "install"
inside apt-get install -y -qq --no-install-recommends /tmp/antiphon.deb >/dev/null
inside sh -c '! command -v python3 && ! command -v python' || fail "there is a Python: the test says nothing"
as_player "antiphon version"
[ -s "$root/usr/share/man/man1/antiphon.1.gz" ] || fail "there is no manual page"

step "doctor"
as_player "antiphon doctor" || fail "the doctor found something that fails in a fresh root"
says '"well": true' "antiphon doctor --json"

step "service"
says "not installed" "antiphon service status"
as_player "antiphon service install"
as_player "antiphon service install" >/dev/null || fail "installing it twice is not installing it once"
as_player "antiphon service status"
says "installed, not running" "antiphon service status"
as_player "antiphon service remove"
as_player "antiphon service remove" >/dev/null || fail "removing it twice is not removing it once"
left=$(inside find /home/player -path '*systemd*')
[ -z "$left" ] || fail "the service left $left"

step "selftest"
as_player "env -i antiphon --selftest" 2>&1 | tail -1

step "a jam on JACK"
inside apt-get install -y -qq --no-install-recommends jackd2 >/dev/null
inside su player -s /bin/sh -c "exec jackd -r -d dummy -r 48000 -p 256" >"$root/tmp/jackd.log" 2>&1 &
jack=$!
for _ in $(seq 50); do as_player jack_lsp >/dev/null 2>&1 && break; sleep 0.2; done
says "JACK at 48000 Hz, 256 frames" "antiphon ports"
says "a JACK server at 48000 Hz" "antiphon doctor"
as_player "cd && antiphon jam --seconds 10 --mode trade --out jam --system jack" 2>&1 | grep -E "JACK|band|stuck|sounding"
for sign in '"ports": "jack"' '"stuck_notes": 0'; do
    grep -q "$sign" "$root/home/player/jam/summary.json" || fail "the jam's summary lacks $sign"
done
if grep -q '"notes_band": 0,' "$root/home/player/jam/summary.json"; then fail "the band did not play"; fi
as_player jack_lsp >/dev/null || true
kill "$jack"
wait "$jack" 2>/dev/null || true
jack=

step "remove"
inside apt-get purge -y -qq antiphon jackd2 >/dev/null
inside apt-get autoremove --purge -y -qq >/dev/null
listed >"$root/tmp/after"
left=$(comm -13 "$root/tmp/before" "$root/tmp/after" | grep -i antiphon || true)
[ -z "$left" ] || fail "left behind: $left"
printf 'left by anybody: %s\n' "$(comm -13 "$root/tmp/before" "$root/tmp/after" | tr '\n' ' ')"
printf 'in the home of the player: %s\n' "$(cd "$root/home/player" && find . -type f ! -name '.bash*' ! -name .profile | tr '\n' ' ')"
printf '\ntest-deb: all well\n'
