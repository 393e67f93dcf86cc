"""Content Credentials (C2PA): a signed statement inside a file that it is AI-generated."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias

from core.licences import version
from core.sentence import first_line, said, system_words

log = logging.getLogger(__name__)

MP4, PNG = "video/mp4", "image/png"

SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's word for it: a photo of a person, or of none, moved by what was learned."""

Sign: TypeAlias = Callable[[IO[bytes], IO[bytes], str, str], None]
"""Signs a file, as `sign` does."""

SETTINGS = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"ocsp_fetch": False, "remote_manifest_fetch": False},
}
"""No picture within the picture, and nothing is asked of any computer."""


class CredentialsError(RuntimeError):
    """A file could not be signed; says why. The file is as it was."""


def sign(source: IO[bytes], target: IO[bytes], kind: str, title: str) -> None:
    """Write what is in `source` to `target`, with a signed statement that it is AI-generated.

    Raises:
        CredentialsError: it cannot be signed; what is in `target` is worth nothing.
    """
    with _as_credentials_error():
        import c2pa  # what does not load, or is not there, keeps no film from being made

        from core.film.signing_identity import identity

        own = identity()
        # No timestamp, for that would ask a server.
        info = c2pa.C2paSignerInfo(own.algorithm.encode(), own.certificates, own.key, None)
        signer = c2pa.Signer.from_info(info)
        context = c2pa.Context(c2pa.Settings.from_dict(SETTINGS))
        with signer, context, c2pa.Builder(manifest(title), context) as builder:
            builder.sign(signer, kind, source, target)


def manifest(title: str) -> dict[str, Any]:
    """Return what is stated, as C2PA's JSON: what made it and how, and nobody's name."""
    action = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE,
        "softwareAgent": {"name": "Understudy", "version": version()},
    }
    return {
        "title": title,
        "claim_generator_info": [{"name": "Understudy", "version": version()}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }


def unsigned(path: Path, error: Exception) -> str:
    """Say that a file was kept without credentials."""
    why = system_words(error) if isinstance(error, OSError) else error
    return said("{0} is kept without Content Credentials: {1}", path.name, why)


@contextmanager
def _as_credentials_error() -> Iterator[None]:
    """Let whatever the libraries raise be an error that says what is missing."""
    try:
        yield
    except CredentialsError:
        raise
    except Exception as error:  # a library that does not load, or a certificate that it refuses
        log.warning("a file is not signed", exc_info=True)
        words = first_line(error)
        raise CredentialsError(said("it could not be signed ({0})", words)) from error
