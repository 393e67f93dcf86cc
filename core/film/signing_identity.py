"""Who signs: the user's own certificate, or one made for a single file and then forgotten."""

import datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias

import platformdirs
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.sentence import said

FOLDER = "credentials"
CERTIFICATES, KEY = "certificates.pem", "key.pem"
"""Of the user's own: the chain, the signing one first, and its key, PKCS 8 without a password."""

NAME, ROOT_NAME = "Understudy (self-signed)", "Understudy (self-signed), root"

YEARS = 30
"""How long a certificate of our own holds: without a timestamp, what it signed ends with it."""

PURPOSES = [ExtendedKeyUsageOID.EMAIL_PROTECTION]
"""One that C2PA accepts of those who sign; it has nothing to do with letters here."""

USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

Key: TypeAlias = ec.EllipticCurvePrivateKey


class Identity(NamedTuple):
    """What a file is signed with."""

    algorithm: str
    """C2PA's name of it."""
    certificates: bytes
    """PEM, the signing one first."""
    key: bytes
    """PEM."""


def user_folder() -> Path:
    """Return where a user's own certificate is looked for."""
    return platformdirs.user_data_path("understudy", appauthor=False) / FOLDER


def identity(folder: Path | None = None) -> Identity:
    """Return the user's own identity if there is one in `folder`, else a new one.

    A new one for every file, so that no two files can be told to be of one computer.

    Raises:
        ValueError: the user's own cannot be used.
        OSError: it cannot be read.
    """
    folder = folder or user_folder()
    if not (folder / CERTIFICATES).exists():
        return made()
    certificates, key = (folder / CERTIFICATES).read_bytes(), (folder / KEY).read_bytes()
    return Identity(_algorithm(key, folder / KEY), certificates, key)


def made() -> Identity:
    """Make a key, a certificate for it, and one above that: C2PA takes none that signs itself."""
    key, root = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    chain = _certificate(key, root, leaf=True) + _certificate(root, root, leaf=False)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity("es256", chain, secret)


def _certificate(key: Key, root: Key, leaf: bool) -> bytes:
    """Return a certificate for `key` by `root`, as C2PA's specification wants it."""
    today = datetime.datetime.combine(datetime.date.today(), datetime.time(), datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(_name(NAME if leaf else ROOT_NAME))
        .issuer_name(_name(ROOT_NAME))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=2))
        .not_valid_after(today + datetime.timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(not leaf, None if leaf else 0), critical=True)
        .add_extension(_usage(leaf), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False)
    )
    if leaf:
        built = built.add_extension(x509.ExtendedKeyUsage(PURPOSES), critical=False)
    return built.sign(root, hashes.SHA256()).public_bytes(Encoding.PEM)


def _name(words: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, "Understudy"), (NameOID.COMMON_NAME, words))
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _usage(leaf: bool) -> x509.KeyUsage:
    """Return what a key is for: the leaf's for signatures, the root's for certificates."""
    signs = {"digital_signature": leaf, "key_cert_sign": not leaf, "crl_sign": not leaf}
    return x509.KeyUsage(**dict.fromkeys(USES, False) | signs)


def _algorithm(key: bytes, path: Path) -> str:
    """Return C2PA's name for what a key signs by."""
    try:
        found = load_pem_private_key(key, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ValueError(said("{0} is no key without a password, in PEM", path)) from error
    if isinstance(found, ec.EllipticCurvePrivateKey):
        return {256: "es256", 384: "es384", 521: "es512"}.get(found.key_size, "es256")
    return "ed25519" if isinstance(found, ed25519.Ed25519PrivateKey) else "ps256"
