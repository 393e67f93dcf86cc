"""Draw the characters that come with the program.

python -m core.training.characters [--out plugins/cast]
"""

import argparse
from pathlib import Path

from PIL import Image

from core.training.analyse_cast import analyse
from core.training.characters.cast import CHARACTERS
from core.training.characters.drawing import draw

QUALITY = 94
"""Of the JPEG files; colours are kept at full resolution, as edges are crisp."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("plugins/cast"))
    arguments = parser.parse_args()
    for character in CHARACTERS:
        folder = arguments.out / character.name
        folder.mkdir(parents=True, exist_ok=True)
        picture = Image.fromarray(draw(character).picture)
        picture.save(folder / "1.jpg", quality=QUALITY, subsampling=0, optimize=True)
        analyse(folder / "1.jpg")
        print(folder)


if __name__ == "__main__":
    main()
