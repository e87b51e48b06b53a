#!/usr/bin/env bash
# dist/antiphon: one folder with everything in it. Made in an environment of its own (build/package/venv), so that only
# what Antiphon needs can get in. Usage: packaging/package.sh PYTHON [EXTRA]; EXTRA is cpu (the default) or cuda.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${1:?which Python}
extra=${2:-cpu}
work=build/package
venv=$work/venv

if [ "$(uname -s)" = Linux ]; then
    sh packaging/system-packages.sh build
    "$python" -c 'import sysconfig, sys; sys.exit(not sysconfig.get_config_var("Py_ENABLE_SHARED"))' || {
        echo "$python is built without a shared library, which a frozen binary needs; take another Python, such as the system's"
        exit 1
    }
fi
stamp=$venv/.made-of
made_of="$("$python" --version) $extra $(cksum pyproject.toml packaging/package.sh)"
if [ "$(cat $stamp 2>/dev/null || true)" != "$made_of" ]; then
    rm -rf $venv
    "$python" -m venv $venv
fi
bin=$venv/bin
[ -d $bin ] || bin=$venv/Scripts
pip() { "$bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

if [ "$(cat $stamp 2>/dev/null || true)" != "$made_of" ]; then
    if [ "$(uname -s)" = Linux ]; then
        # The wheel brings a libjack of its own, which speaks to no server but its own: build without JACK, which
        # Antiphon reaches through the system's library.
        pip install --no-binary python-rtmidi -Csetup-args=-Djack=false 'python-rtmidi>=1.5.8'
    fi
    if [ "$extra" = cuda ]; then
        # Without the extra's NVIDIA wheels: they are never bundled, and 2 GB.
        pip install ".[packaging]" 'onnxruntime-gpu>=1.23'
    else
        pip install ".[$extra,packaging]"
    fi
    printf '%s' "$made_of" >$stamp
fi
pip install --no-deps --force-reinstall .

# -P: what is installed above is what goes in, not what lies in this folder.
"$bin/python" -P -m PyInstaller --noconfirm --clean --log-level WARN --distpath dist --workpath $work packaging/antiphon.spec
PYTHONPATH=packaging "$bin/python" -P -m bundle finish
binary=dist/antiphon/antiphon
[ -x $binary ] || binary=$binary.exe
$binary --selftest
