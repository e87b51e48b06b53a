#!/bin/sh
# What pip cannot bring: a JACK server and a browser for the live tests, and ALSA's library for python-rtmidi.
# With "build", what making a package needs instead: a C++ compiler and ALSA's headers.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }
browser() { have chromium || have chromium-browser || have google-chrome; }
library() { ldconfig -p 2>/dev/null | grep -q "$1"; }

[ "$(uname -s)" = Linux ] || exit 0
if [ "${1:-}" = build ]; then
    have c++ && have strip && [ -f /usr/include/alsa/asoundlib.h ] && exit 0
else
    have jackd && library libasound.so.2 && library libjack.so.0 && browser && exit 0
fi
if ! have apt-get; then
    echo "system packages: install a JACK server (jackd2), ALSA's library and Chromium to run the live tests; a C++ compiler and ALSA's headers to make a package"
    exit 0
fi
root=""
if [ "$(id -u)" != 0 ]; then
    have sudo || { echo "system packages: run once as root: apt-get install jackd2 libasound2 chromium (g++ libasound2-dev to make a package)"; exit 0; }
    root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq
if [ "${1:-}" = build ]; then
    $root apt-get install -y -qq --no-install-recommends g++ libc6-dev binutils libasound2-dev >/dev/null
    exit 0
fi
alsa=libasound2
apt-cache show libasound2t64 >/dev/null 2>&1 && alsa=libasound2t64
$root apt-get install -y -qq --no-install-recommends jackd2 "$alsa" >/dev/null
# Ubuntu's chromium is a snap, which a container cannot run: without a browser the page's tests say that they were skipped.
if ! browser && apt-cache policy chromium 2>/dev/null | grep -q 'Candidate: [0-9].*deb'; then
    $root apt-get install -y -qq --no-install-recommends chromium >/dev/null || echo "system packages: no Chromium could be installed; the page's tests are skipped"
fi
