"""Write what is found in the pictures of the people who come with the program.

    python -m core.training.analyse_cast [--cast plugins/cast]

Whoever makes a picture anew has this done at once; a face finder that finds something else needs
it for all of them.
"""

import argparse
from pathlib import Path

from core.portrait.analysis import LONGEST_SIDE, find_person
from core.portrait.analysis_cache import save_findings
from core.portrait.load import load_photo_with_digest


def analyse(path: Path) -> None:
    """Look for the person in a picture, whatever is kept with it, and keep what is found."""
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
