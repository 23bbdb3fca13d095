"""The parts of the store and of its image as CycloneDX 1.6, with their hashes and licences.

`python -m tools.gates.sbom FOLDER` writes run.cdx.json and image.cdx.json there. Each is valid by CycloneDX's schema
and holds every pin, or the command fails.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import jsonschema
from referencing import Registry, Resource

from tools.gates import licences, pins, tree

# By the file that pins them: what they are the parts of.
WHOLES = {
    "run": {"type": "application", "name": "mercat"},
    "image": {"type": "container", "name": "mercat-services"},
}
_SCHEMA = "bom-1.6.SNAPSHOT.schema.json"


def complaints() -> list[str]:
    """What would be wrong with the lists of parts of this checkout."""
    with tempfile.TemporaryDirectory(prefix="mercat-sbom-") as folder:
        return write(Path(folder))


def write(folder: Path, root: Path = tree.ROOT) -> list[str]:
    """Write the lists into a folder. What is wrong with one is returned, and it is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    known = licences.licences(tree.packages())
    wrong = []
    for name, whole in WHOLES.items():
        required = root / "requirements" / f"{name}.txt"
        document = listed(required, whole, known)
        faults = faults_of(document, pins.python(required))
        wrong += [f"{name}.cdx.json: {fault}" for fault in faults]
        if not faults:
            text = json.dumps(document, indent=1, sort_keys=True) + "\n"
            (folder / f"{name}.cdx.json").write_text(text, encoding="utf-8")
    return wrong


def listed(required: Path, whole: dict[str, str], known: dict[str, str]) -> dict[str, Any]:
    """The list of parts that cyclonedx-py reads from a file of pins, with the licences added."""
    command = [tree.program("cyclonedx-py"), "requirements", required, "--spec-version=1.6", "--output-format=JSON"]
    command += ["--output-reproducible", "--no-validate"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"cyclonedx-py ended with {done.returncode}: {done.stderr.strip()}")
    document: dict[str, Any] = json.loads(done.stdout)
    document["metadata"]["component"] = {**whole, "bom-ref": whole["name"]}
    for part in document["components"]:
        name = pins.normal(part["name"])
        licence = known.get(name) or licences.KNOWN.get(name)
        if licence:
            part["licenses"] = [{"expression": licence}]
    return document


def faults_of(document: dict[str, Any], pinned: dict[str, str]) -> list[str]:
    """Where a list breaks CycloneDX's schema, and each pin that it lacks or has in another version."""
    wrong = [f"{'/'.join(map(str, error.path))}: {error.message[:200]}" for error in _validator().iter_errors(document)]
    held = {pins.normal(part["name"]): part.get("version") for part in document.get("components", ())}
    return wrong + [f"{name} {version} is missing" for name, version in pinned.items() if held.get(name) != version]


def _validator() -> jsonschema.Draft7Validator:
    """Of the schema that the maker of the lists brings, whose parts refer to each other by file name."""
    found = [folder / "cyclonedx" / "schema" / "_res" for folder in tree.packages()]
    folder = next((each for each in found if (each / _SCHEMA).is_file()), None)
    if folder is None:
        raise tree.Missing("CycloneDX's schema is not installed. Remove .venv/.gates-ready and run `make scan` again.")
    read = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.schema.json")}
    schema = read[_SCHEMA]
    base = schema["$id"].rpartition("/")[0]
    registry: Registry[Any] = Registry().with_resources(
        [(uri, Resource.from_contents(each)) for name, each in read.items() for uri in (f"{base}/{name}", each["$id"])]
    )
    return jsonschema.Draft7Validator(schema, registry=registry)


def main() -> None:
    """Write the lists into the folder that is named, and say where."""
    folder = Path(sys.argv[1])
    wrong = write(folder)
    if wrong:
        sys.exit("\n".join(wrong))
    print("\n".join(str(path) for path in sorted(folder.glob("*.cdx.json"))))


if __name__ == "__main__":
    main()
