#!/usr/bin/env bash
# dist/antiphon-VERSION.pkg from dist/Antiphon.app, as `make package` leaves it. On macOS.
# With INSTALLER_IDENTITY ("Developer ID Installer: ...") it is signed.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(PYTHONPATH=packaging build/package/venv/bin/python -P -m bundle version)
identifier=$(plutil -extract CFBundleIdentifier raw dist/Antiphon.app/Contents/Info.plist)
work=build/pkg
rm -rf $work
mkdir -p $work/root/Applications $work/scripts

ditto dist/Antiphon.app $work/root/Applications/Antiphon.app
# The command goes to /usr/local/bin; the agent is each user's own: antiphon service install.
cat >$work/scripts/postinstall <<'END'
#!/bin/sh
set -e
mkdir -p /usr/local/bin
ln -sf /Applications/Antiphon.app/Contents/MacOS/antiphon /usr/local/bin/antiphon
END
chmod +x $work/scripts/postinstall
pkgbuild --root $work/root --identifier "$identifier" --version "$version" --scripts $work/scripts \
    --install-location / --ownership recommended $work/component.pkg
sign=()
[ -z "${INSTALLER_IDENTITY:-}" ] || sign=(--sign "$INSTALLER_IDENTITY" --timestamp)
productbuild --package $work/component.pkg ${sign[@]+"${sign[@]}"} "dist/antiphon-$version.pkg"
echo "dist/antiphon-$version.pkg"
