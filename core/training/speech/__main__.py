"""Train the speech encoder: python -m core.training.speech --data FOLDER --minutes N --out FILE.

The data are made first, by `core.training.speech.dataset`; `core.training.speech.voices` names the
Debian packages of its voices. Nothing else is needed.
"""

import argparse
from pathlib import Path

from core.training.speech.encoder_training import train_speech


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="Train the speech encoder.")
    parser.add_argument("--data", type=Path, required=True, help="folder of the synthetic speech")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from OUT's .resume folder")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    out, resume = arguments.out, arguments.out if arguments.resume else None
    minutes, device, seed = arguments.minutes, arguments.device, arguments.seed
    train_speech(arguments.data, out, minutes, resume, device, seed)


if __name__ == "__main__":
    main()
