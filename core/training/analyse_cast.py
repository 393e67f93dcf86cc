"""Write the analysis caches of the built-in people's photos.

    python -m core.training.analyse_cast [--cast plugins/cast]

Programs that make such a picture do this at once; new face finder weights need it for all.
"""

import argparse
from pathlib import Path

from core.portrait.analysis import LONGEST_SIDE, find_person
from core.portrait.analysis_cache import save_findings
from core.portrait.load import load_photo_with_digest


def analyse(path: Path) -> None:
    """Analyse a photo anew and write its cache beside it."""
    photo = load_photo_with_digest(path, LONGEST_SIDE)
    save_findings(path, photo, find_person(photo.picture))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cast", type=Path, default=Path("plugins/cast"))
    for path in sorted(parser.parse_args().cast.glob("*/*.jpg")):
        analyse(path)
        print(path)


if __name__ == "__main__":
    main()
