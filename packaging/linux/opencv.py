"""Builds OpenCV's library with what Understudy uses: python packaging/linux/opencv.py

From the source of the version that is installed, which pip fetches, into build/opencv. Takes 10 to
45 minutes on two cores; what is there is built no second time. `freeze.py` puts it in
the place of the wheel's. Needs CMake, Ninja, a C++ compiler, NASM and Python's headers.
"""

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from sysconfig import get_path

PACKAGE = "opencv-python-headless"
PLACE = Path(__file__).resolve().parents[2] / "build" / "opencv"
LIBRARY = "cv2.abi3.so"

MODULES = "core,geometry,imgproc,imgcodecs,videoio,python3"

INSIDE = ("JPEG", "PNG", "ZLIB")
"""What is built along and linked in, whatever the system has."""

WITHOUT = (
    *("1394", "EIGEN", "FFMPEG", "FLATBUFFERS", "GSTREAMER", "GTK", "IPP", "ITT", "LAPACK"),
    *("OBSENSOR", "OPENCL", "PROTOBUF", "UNIFONT", "VA", "VA_INTEL"),
    *("AVIF", "JASPER", "OPENEXR", "OPENJPEG", "TIFF", "WEBP"),
    *("IMGCODEC_GIF", "IMGCODEC_HDR", "IMGCODEC_PFM", "IMGCODEC_PXM", "IMGCODEC_SUNRASTER"),
)
"""Pillow reads pictures and PyAV reads films; no matrix of ours is large enough for LAPACK. IPP
cannot be fetched here, and the puppet is as fast without it (docs/lab.md)."""

SETTINGS = {
    "CMAKE_BUILD_TYPE": "Release",
    "BUILD_LIST": MODULES,
    "BUILD_SHARED_LIBS": "OFF",
    "BUILD_TESTS": "OFF",
    "BUILD_PERF_TESTS": "OFF",
    "BUILD_opencv_apps": "OFF",
    "BUILD_JAVA": "OFF",
    "PYTHON3_LIMITED_API": "ON",
    "CPU_BASELINE": "SSE4_2",  # as numpy's
    "CPU_DISPATCH": "AVX2,AVX512_SKX",
}


def main(arguments: list[str]) -> int:
    if arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    build(version(PACKAGE), PLACE)
    return 0


def build(number: str, place: Path) -> Path:
    """Build the library of a version into a folder, where it is not there yet; return its path.

    Raises:
        CalledProcessError: pip, CMake or the compiler failed, and has said why.
    """
    library = place / number / LIBRARY
    if not library.exists():
        made = place / "made"
        configure = ["cmake", "-G", "Ninja", "-S", str(source(number, place)), "-B", str(made)]
        subprocess.run([*configure, *settings()], check=True)
        subprocess.run(["cmake", "--build", str(made), "--target", "opencv_python3"], check=True)
        (built,) = made.rglob(LIBRARY)
        library.parent.mkdir(exist_ok=True)
        subprocess.run(["strip", "--strip-unneeded", str(built), "-o", str(library)], check=True)
    return library


def source(number: str, place: Path) -> Path:
    """Fetch and unpack a version's source; return the folder in which it is configured."""
    folder = place / f"{PACKAGE.replace('-', '_')}-{number}"
    if not folder.exists():
        fetch = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", PACKAGE]
        subprocess.run([*fetch, "--dest", str(place), f"{PACKAGE}=={number}"], check=True)
        shutil.unpack_archive(f"{folder}.tar.gz", place)
    return folder / "opencv"


def settings() -> list[str]:
    """Return CMake's words for what is built."""
    said = {
        **SETTINGS,
        **{f"BUILD_{name}": "ON" for name in INSIDE},
        **{f"WITH_{name}": "OFF" for name in WITHOUT},
        "PYTHON3_EXECUTABLE": sys.executable,
        "PYTHON_DEFAULT_EXECUTABLE": sys.executable,
        "PYTHON3_INCLUDE_DIR": get_path("include"),
        "PYTHON3_LIBRARY": "unused.a",  # an extension asks the program for Python, CMake for a name
    }
    return [f"-D{name}={value}" for name, value in said.items()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
