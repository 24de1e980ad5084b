"""larder FOLDER get KEY | put KEY VALUE [--for SECONDS] | delete KEY | list [PREFIX] | export | import FILE | compact"""

import argparse
import base64
import json
import sys
from typing import List, Optional

from .errors import LarderError
from .store import Store


def main(argv: Optional[List[str]] = None) -> int:
    parser = argparse.ArgumentParser(prog="larder", description="Keys and values in a folder.")
    parser.add_argument("folder")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("get").add_argument("key")
    put = commands.add_parser("put")
    put.add_argument("key")
    put.add_argument("value")
    put.add_argument("--for", dest="seconds", type=float)
    commands.add_parser("delete").add_argument("key")
    commands.add_parser("list").add_argument("prefix", nargs="?", default="")
    commands.add_parser("export")
    commands.add_parser("import").add_argument("file", type=argparse.FileType("r", encoding="utf-8"))
    commands.add_parser("compact")
    given = parser.parse_args(argv)
    try:
        with Store(given.folder) as store:
            return globals()["_" + given.command](store, given)
    except LarderError as error:
        print(f"larder: {error}", file=sys.stderr)
        return 2


def _get(store: Store, given) -> int:
    value = store.get(given.key)
    if value is None:
        return 1
    print(value.decode("utf-8", "replace"))
    return 0


def _put(store: Store, given) -> int:
    store.put(given.key, given.value, given.seconds)
    return 0


def _delete(store: Store, given) -> int:
    return 0 if store.delete(given.key) else 1


def _list(store: Store, given) -> int:
    for key in store.keys(given.prefix):
        print(key.decode("utf-8", "replace"))
    return 0


def _export(store: Store, given) -> int:
    """One JSON object a line; what is no text is written as base64."""
    for key, value in store.items():
        print(json.dumps({"key": _shown(key), "value": _shown(value)}, ensure_ascii=False, sort_keys=True))
    return 0


def _shown(data: bytes):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _import(store: Store, given) -> int:
    with given.file:
        for line in given.file:
            if line.strip():
                row = json.loads(line)
                store.put(_meant(row["key"]), _meant(row["value"]))
    return 0


def _meant(shown):
    return base64.b64decode(shown["base64"]) if isinstance(shown, dict) else shown


def _compact(store: Store, given) -> int:
    print(f"{store.compact()} records dropped")
    return 0
