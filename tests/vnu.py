"""The Nu HTML checker (https://validator.github.io/validator/), which `make test` gets by npm; it needs Java.

    python -m tests.vnu      print the path of vnu.jar, installed into .tools/vnu where it is not there

VNU_JAR names another. Without Java or npm nothing is printed, stderr says why, and the test that uses it skips.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / ".tools/vnu"
JAR = FOLDER / "node_modules/vnu-jar/build/dist/vnu.jar"
PACKAGE = "vnu-jar@26"


def find(environ: Mapping[str, str]) -> str:
    """Return the path of vnu.jar where it can be run, else ""."""
    jar = Path(environ.get("VNU_JAR") or JAR)
    return str(jar) if jar.is_file() and shutil.which("java") else ""


def find_or_install(environ: Mapping[str, str]) -> str:
    """Return the path of vnu.jar, installed by npm if need be; "" where that cannot be."""
    if found := find(environ):
        return found
    npm = shutil.which("npm")
    if not (npm and shutil.which("java")):
        print("vnu: Java and npm are needed to check the HTML; that test will be skipped.", file=sys.stderr)
        return ""
    install = [npm, "install", "--prefix", str(FOLDER), "--no-audit", "--no-fund", "--silent", PACKAGE]
    done = subprocess.run(install, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        print(f"vnu: npm could not install {PACKAGE}; that test will be skipped. {done.stderr[:300]}", file=sys.stderr)
    return find(environ)


def faults(jar: str, pages: list[Path]) -> list[dict[str, Any]]:
    """Return every error and warning of the checker about *pages*."""
    command = ["java", "-Xss4m", "-jar", jar, "--format", "json", "--exit-zero-always", *map(str, pages)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    found: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return found


if __name__ == "__main__":
    print(find_or_install(os.environ))
