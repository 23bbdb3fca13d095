"""`mercat trust`: makes this machine's browsers and tools accept the local certificate authority, or says how."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mercat import certificates, show
from mercat.refusal import Refusal
from mercat.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One command for one store of authorities; `administrator` says whether it needs that right."""

    where: str
    argv: list[str]
    administrator: bool


def steps(authority: Path, *, remove: bool) -> list[Step]:
    """The commands for this machine: the system's store, then those of Chromium and Firefox (NSS) of this user."""
    return [*_system(authority, remove=remove), *_nss(authority, remove=remove)]


def name(authority: Path) -> str:
    """The file's name in the stores; of this authority alone, so that two stores do not overwrite each other."""
    der = ssl.PEM_cert_to_DER_cert(authority.read_text(encoding="ascii"))
    return f"mercat-{hashlib.sha256(der).hexdigest()[:12]}"


# A folder that a system watches, and the command that reads it.
_ANCHORS = (
    (Path("/usr/local/share/ca-certificates"), ["update-ca-certificates"]),
    (Path("/etc/pki/ca-trust/source/anchors"), ["update-ca-trust"]),
    (Path("/etc/ca-certificates/trust-source/anchors"), ["update-ca-trust"]),
    (Path("/etc/pki/trust/anchors"), ["update-ca-certificates"]),
)


def _system(authority: Path, *, remove: bool) -> list[Step]:
    if sys.platform == "darwin":
        keychain = "/Library/Keychains/System.keychain"
        add = ["security", "add-trusted-cert", "-d", "-r", "trustRoot", "-k", keychain, str(authority)]
        argv = ["security", "remove-trusted-cert", "-d", str(authority)] if remove else add
        return [Step("the system", argv, administrator=True)]
    for folder, read in _ANCHORS:
        if folder.is_dir() and shutil.which(read[0]):
            target = str(folder / f"{name(authority)}.crt")
            change = ["rm", "-f", target] if remove else ["install", "-m", "0644", str(authority), target]
            again = [*read, "--fresh"] if remove and read[0] == "update-ca-certificates" else read
            return [Step("the system", change, administrator=True), Step("the system", again, administrator=True)]
    return []


def _nss(authority: Path, *, remove: bool) -> list[Step]:
    certutil = shutil.which("certutil")
    if certutil is None:
        return []
    found = []
    for database in _nss_databases(Path.home()):
        at = ["-d", f"sql:{database}", "-n", name(authority)]
        argv = [certutil, "-D", *at] if remove else [certutil, "-A", *at, "-t", "C,,", "-i", str(authority)]
        found.append(Step(f"the browser's store {database}", argv, administrator=False))
    return found


def _nss_databases(home: Path) -> list[Path]:
    places = [home / ".pki" / "nssdb", home / "snap" / "chromium" / "current" / ".pki" / "nssdb"]
    profiles = [*home.glob(".mozilla/firefox/*"), *home.glob("Library/Application Support/Firefox/Profiles/*")]
    profiles += home.glob("snap/firefox/common/.mozilla/firefox/*")
    return [place for place in (*places, *profiles) if (place / "cert9.db").is_file()]


def trust(store: Store, *, remove: bool, run: Callable[[list[str]], int] | None = None) -> None:
    """Do every step, with sudo where it is needed and there.

    Raises:
        Refusal: something is left for the person to do by hand; it says what.
    """
    store.make_folders()
    certificates.ensure(store.certificates)
    authority = store.certificates / "authority.pem"
    out = show.console()
    todo = steps(authority, remove=remove)
    failed = [step for step in todo if not _done(step, run or _run)]
    for where in dict.fromkeys(step.where for step in todo if step not in failed):
        out.print(f"{'Removed from' if remove else 'Trusted by'} {where}.")
    if failed or not todo:
        raise Refusal(_by_hand(authority, failed))
    if not remove and not any("browser" in step.where for step in todo) and sys.platform != "darwin":
        out.print(
            "Chromium and Firefox keep stores of their own, and none was found that could be changed "
            f"(it needs certutil, of the package libnss3-tools). By hand: import {authority} in their settings."
        )


def _done(step: Step, run: Callable[[list[str]], int]) -> bool:
    argv = step.argv
    if step.administrator and os.geteuid() != 0:
        if shutil.which("sudo") is None or not sys.stdin.isatty():
            return False
        argv = ["sudo", *argv]
    return run(argv) == 0


def _run(argv: list[str]) -> int:
    print(f"$ {shlex.join(argv)}", flush=True)
    return subprocess.run(argv, check=False, stdin=None, stdout=subprocess.DEVNULL).returncode


def _by_hand(authority: Path, failed: list[Step]) -> str:
    lines = [f"  {'sudo ' if step.administrator else ''}{shlex.join(step.argv)}" for step in failed]
    if not lines:
        return (
            "No store of certificate authorities was found that can be changed from here. "
            f"By hand: import {authority} as an authority in your browser's settings."
        )
    return "These are left to do by hand, as an administrator:\n" + "\n".join(lines)
