"""What PyInstaller collects and nobody needs: files of libraries that are not shipped."""

import re

LANGUAGES = ("de", "en")
"""Of Qt's own texts, those that the window speaks."""

QT_PLUGINS = {
    "iconengines": {"svgicon"},
    "imageformats": {"ico", "jpeg", "svg"},
    "platforminputcontexts": {
        "composeplatforminputcontextplugin",
        "ibusplatforminputcontextplugin",
    },
    "platforms": {"minimal", "offscreen", "wayland", "windows", "xcb"},
    "platformthemes": {"xdgdesktopportal"},
    "styles": {"modernwindowsstyle", "windowsvistastyle"},
    "wayland-decoration-client": {"adwaita", "bradient"},
    "wayland-graphics-integration-client": {"t-plugin-wayland-egl"},
    "wayland-shell-integration": {"xdg-shell"},
    "xcbglintegrations": {"xcb-egl-integration", "xcb-glx-integration"},
}
"""Those that stay, by their folder; no other folder does."""

QT_LIBRARIES = ("EglFSDeviceIntegration", "EglFsKmsSupport", "Pdf", "Qml", "QmlModels", "Quick")
"""Those that belong to plugins which do not stay."""

OF_THE_SYSTEM = (
    *("asound", "pulse", "pulsecommon", "pulse-simple", "asyncns", "sndfile", "FLAC", "mp3lame"),
    *("mpg123", "ogg", "opus", "vorbis", "vorbisenc"),
    *("X11", "Xau", "Xdmcp", "Xext", "Xrender", "bsd", "md"),
    *("fontconfig", "freetype", "expat", "brotlicommon", "brotlidec", "png16", "jpeg"),
    *("dbus", "systemd", "gcrypt", "gpg-error", "cap", "lz4", "zstd"),
    *(
        "gio",
        "glib",
        "gmodule",
        "gobject",
        "gthread",
        "pcre2",
        "pcre2-8",
        "selinux",
        "mount",
        "blkid",
    ),
    *("atk", "cairo", "cairo-gobject", "gdk_pixbuf", "pango", "pangocairo", "pangoft2", "pixman"),
    *("harfbuzz", "fribidi", "thai", "datrie", "graphite2"),
    *("gtk", "gdk", "epoxy", "atspi", "atk-bridge"),
    *("Xcomposite", "Xcursor", "Xdamage", "Xfixes", "Xi", "Xinerama", "Xrandr"),
)
"""Libraries of the sound, the desktop and its fonts, which fit the system that they come with: the
packages that the Debian package depends on bring them, and no desktop is without."""

FOR_WINDOWS = ("opengl32sw", "d3dcompiler", "opencv_videoio_ffmpeg")
"""Beginnings of names: drawing by OpenGL, which the window does not, and FFmpeg a second time."""


COPIES = ("libespeak-ng.so.",)
"""Beginnings of names: what wheels hold a second time, for they know no links."""


def is_left_out(name: str) -> bool:
    """Return whether the file with this place in the program's folder is not shipped."""
    *folders, file = name.replace("\\", "/").split("/")
    if "PySide6" in folders:
        return _is_unused_qt(folders, file)
    if file.lower().startswith(FOR_WINDOWS) or file.startswith(COPIES):
        return True
    library = re.match(r"lib(.+?)(-[\d.]+)?\.so(?:\.\d+)*$", file)
    return not folders and bool(library and library[1] in OF_THE_SYSTEM)


def _is_unused_qt(folders: list[str], file: str) -> bool:
    if "translations" in folders:
        return not any(file.endswith(f"_{language}.qm") for language in LANGUAGES)
    if "plugins" in folders:
        kind = folders[folders.index("plugins") + 1]
        name = re.sub(r"^(?:lib)?q?|\.(?:so|dll)$", "", file)
        return name not in QT_PLUGINS.get(kind, ())
    library = re.match(r"(?:lib)?Qt6(\w+)", file)
    return bool(library and library[1] in QT_LIBRARIES) or file.lower().startswith(FOR_WINDOWS)
