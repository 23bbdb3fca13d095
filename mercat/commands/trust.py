"""The command `trust`: add the local certificate authority to the trust stores of this machine."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import ssl
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from mercat.commands import render
from mercat.edge import certificates
from mercat.installation import CommandError, Installation


@dataclass(frozen=True, slots=True)
class Step:
    """One command that changes one trust store. `administrator`: it needs root rights."""

    where: str
    argv: list[str]
    administrator: bool


def trust_steps(authority: Path, *, remove: bool) -> list[Step]:
    """The commands for this machine: first the system's trust store, then this user's NSS databases of browsers."""
    return [*_system_steps(authority, remove=remove), *_nss_steps(authority, remove=remove)]


def authority_name(authority: Path) -> str:
    """The name of the authority in the trust stores; other installations have other names."""
    der = ssl.PEM_cert_to_DER_cert(authority.read_text(encoding="ascii"))
    return f"mercat-{hashlib.sha256(der).hexdigest()[:12]}"


# The folder of a Linux system's trust store, and the command that reads it.
_ANCHORS = (
    (Path("/usr/local/share/ca-certificates"), ["update-ca-certificates"]),
    (Path("/etc/pki/ca-trust/source/anchors"), ["update-ca-trust"]),
    (Path("/etc/ca-certificates/trust-source/anchors"), ["update-ca-trust"]),
    (Path("/etc/pki/trust/anchors"), ["update-ca-certificates"]),
)


def _system_steps(authority: Path, *, remove: bool) -> list[Step]:
    if sys.platform == "darwin":
        keychain = "/Library/Keychains/System.keychain"
        add = ["security", "add-trusted-cert", "-d", "-r", "trustRoot", "-k", keychain, str(authority)]
        argv = ["security", "remove-trusted-cert", "-d", str(authority)] if remove else add
        return [Step("the system", argv, administrator=True)]
    for folder, read in _ANCHORS:
        if folder.is_dir() and shutil.which(read[0]):
            target = str(folder / f"{authority_name(authority)}.crt")
            change = ["rm", "-f", target] if remove else ["install", "-m", "0644", str(authority), target]
            again = [*read, "--fresh"] if remove and read[0] == "update-ca-certificates" else read
            return [Step("the system", change, administrator=True), Step("the system", again, administrator=True)]
    return []


def _nss_steps(authority: Path, *, remove: bool) -> list[Step]:
    certutil = shutil.which("certutil")
    if certutil is None:
        return []
    found = []
    for database in _nss_databases(Path.home()):
        at = ["-d", f"sql:{database}", "-n", authority_name(authority)]
        argv = [certutil, "-D", *at] if remove else [certutil, "-A", *at, "-t", "C,,", "-i", str(authority)]
        found.append(Step(f"the browser's store {database}", argv, administrator=False))
    return found


def _nss_databases(home: Path) -> list[Path]:
    places = [home / ".pki" / "nssdb", home / "snap" / "chromium" / "current" / ".pki" / "nssdb"]
    profiles = [*home.glob(".mozilla/firefox/*"), *home.glob("Library/Application Support/Firefox/Profiles/*")]
    profiles += home.glob("snap/firefox/common/.mozilla/firefox/*")
    return [place for place in (*places, *profiles) if (place / "cert9.db").is_file()]


def trust(installation: Installation, *, remove: bool) -> None:
    """Run every step, with sudo where it is needed and available.

    Raises:
        CommandError: the user must run some steps by hand; the message says which.
    """
    installation.make_folders()
    certificates.ensure(installation.certificates)
    authority = installation.certificates / "authority.pem"
    out = render.console()
    todo = trust_steps(authority, remove=remove)
    failed = [step for step in todo if not _run_step(step)]
    for where in dict.fromkeys(step.where for step in todo if step not in failed):
        out.print(f"{'Removed from' if remove else 'Trusted by'} {where}.")
    if failed or not todo:
        raise CommandError(_manual_instructions(authority, failed))
    if not remove and not any("browser" in step.where for step in todo) and sys.platform != "darwin":
        out.print(
            "Chromium and Firefox keep stores of their own, and none was found that could be changed "
            f"(it needs certutil, of the package libnss3-tools). By hand: import {authority} in their settings."
        )


def _run_step(step: Step) -> bool:
    argv = step.argv
    if step.administrator and os.geteuid() != 0:
        if shutil.which("sudo") is None or not sys.stdin.isatty():
            return False
        argv = ["sudo", *argv]
    print(f"$ {shlex.join(argv)}", flush=True)
    return subprocess.run(argv, check=False, stdin=None, stdout=subprocess.DEVNULL).returncode == 0


def _manual_instructions(authority: Path, failed: list[Step]) -> str:
    lines = [f"  {'sudo ' if step.administrator else ''}{shlex.join(step.argv)}" for step in failed]
    if not lines:
        return (
            "No store of certificate authorities was found that can be changed from here. "
            f"By hand: import {authority} as an authority in your browser's settings."
        )
    return "These are left to do by hand, as an administrator:\n" + "\n".join(lines)
