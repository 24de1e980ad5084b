"""Packs fake_fixbot.py as a wheel with a ``fixbot`` command: python fake_wheel.py OUT/fixbot-0.1.0-py3-none-any.whl."""

import sys
import zipfile
from pathlib import Path

INFO = "fixbot-0.1.0.dist-info"
FILES = {
    "fake_fixbot.py": (Path(__file__).parent / "fake_fixbot.py").read_text(encoding="utf-8"),
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: fixbot\nVersion: 0.1.0\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\nfixbot = fake_fixbot:main\n",
}
RECORD = "".join(f"{name},,\n" for name in [*FILES, f"{INFO}/RECORD"])

with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, text in {**FILES, f"{INFO}/RECORD": RECORD}.items():
        wheel.writestr(name, text)
