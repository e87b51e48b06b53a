#!/usr/bin/env bash
# Sign dist/Antiphon.app from the inside out, then have Apple notarise the package made of it. On macOS.
#   SIGNING_IDENTITY    "Developer ID Application: ..."
#   INSTALLER_IDENTITY  "Developer ID Installer: ..."
#   NOTARY_PROFILE      a profile stored with `xcrun notarytool store-credentials`
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${SIGNING_IDENTITY:?which Developer ID Application signs}"
: "${INSTALLER_IDENTITY:?which Developer ID Installer signs}"
: "${NOTARY_PROFILE:?which stored profile speaks to the notary}"
app=dist/Antiphon.app
entitlements=packaging/macos/entitlements.plist
sign() { codesign --force --timestamp --options runtime --sign "$SIGNING_IDENTITY" "$@"; }

# Every library first: a signature covers what lies inside, so it is made last for what lies outside.
find $app/Contents/Frameworks $app/Contents/Resources -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    while IFS= read -r -d '' library; do sign "$library"; done
find $app/Contents/Frameworks -type d -name '*.framework' -print0 |
    while IFS= read -r -d '' framework; do sign "$framework"; done
sign --entitlements $entitlements $app/Contents/MacOS/antiphon
sign --entitlements $entitlements $app
codesign --verify --deep --strict --verbose=2 $app

package=$(bash packaging/macos/pkg.sh | tail -1)
xcrun notarytool submit "$package" --keychain-profile "$NOTARY_PROFILE" --wait
xcrun stapler staple "$package"
spctl --assess --type install --verbose "$package"
