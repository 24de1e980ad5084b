"""Runs one command over many inputs, on all cores; a program of its own, inside the sandbox: a process for each input would
otherwise cost a sandbox each.

Standard input is a JSON array of [file, word, word …]: the command's words and the file that is its standard input. For
each, in order, comes one line: a JSON array of exit status, stdout and stderr. The first argument is how many at a time.
"""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def _ran(job: list[str]) -> tuple[int, str, str]:
    file, *argv = job
    with Path(file).open("rb") as source:
        done = subprocess.run(argv, stdin=source, capture_output=True, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def main() -> None:
    """Effect: run what standard input names."""
    with ThreadPoolExecutor(int(sys.argv[1])) as pool:
        for answer in pool.map(_ran, json.load(sys.stdin)):
            sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
