#!/bin/sh
# Builds an AppImage from the frozen folder dist/understudy. Needs squashfs-tools, and AppImage's
# runtime: the file RUNTIME names, or else it is fetched and its checksum, where given, compared.
set -eu
cd "$(dirname "$0")/../.."

version=$(.venv/bin/python -c 'from core.licences import version; print(version())')
folder=build/Understudy.AppDir
source=https://github.com/AppImage/type2-runtime/releases/download/continuous/runtime-x86_64

rm -rf "$folder"
mkdir -p "$folder/usr/lib" "$folder/usr/share/metainfo"
cp -a dist/understudy "$folder/usr/lib/understudy"
cp packaging/linux/understudy.desktop "$folder/"
cp packaging/linux/*.metainfo.xml "$folder/usr/share/metainfo/"
cp build/icons/hicolor/256x256/apps/understudy.png "$folder/"
cp build/icons/hicolor/256x256/apps/understudy.png "$folder/.DirIcon"
cp build/licences.txt "$folder/usr/share/"
cat > "$folder/AppRun" <<'RUN'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
case "${1:-}" in
    --command-line) shift; exec "$here/usr/lib/understudy/understudy-cli" "$@" ;;
esac
exec "$here/usr/lib/understudy/understudy" "$@"
RUN
chmod 755 "$folder/AppRun"

runtime=${RUNTIME:-build/runtime-x86_64}
[ -e "$runtime" ] || wget -q -O "$runtime" "$source"
[ -z "${RUNTIME_SHA256:-}" ] || echo "$RUNTIME_SHA256  $runtime" | sha256sum -c -
# The runtime reads zlib and zstd only. Blocks of 1 MiB make the file 6 % smaller (docs/lab.md).
mksquashfs "$folder" build/understudy.squashfs -root-owned -noappend -quiet \
    -comp zstd -Xcompression-level 19 -b 1M
cat "$runtime" build/understudy.squashfs > "dist/Understudy-$version-x86_64.AppImage"
chmod 755 "dist/Understudy-$version-x86_64.AppImage"
