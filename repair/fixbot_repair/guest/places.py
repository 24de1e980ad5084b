"""Where modules come from: sys.path as the project expects it, and which files were in fact loaded."""
import importlib.util
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def remap(original, root):
    """Effect: lead whatever points at the project's own folder (editable installs) to the copy at `root`."""
    if original == root:
        return

    def moved(place):
        if isinstance(place, str) and (place == original or place.startswith(original + os.sep)):
            return root + place[len(original):]
        return place

    sys.path[:] = [moved(p) for p in sys.path]
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            for table in (getattr(module, "MAPPING", None), getattr(module, "NAMESPACES", None)):
                for key, value in (table or {}).items():
                    table[key] = [moved(v) for v in value] if isinstance(value, list) else moved(value)
    sys.path_importer_cache.clear()


def package_folders(root):
    """Folders such as src/ whose packages would not be found, or found elsewhere: the project is not installed."""
    found = []
    for name in ("src", "lib"):
        folder = os.path.join(root, name)
        if not os.path.isdir(folder) or folder in sys.path:
            continue
        packages = [p for p in sorted(os.listdir(folder)) if os.path.isfile(os.path.join(folder, p, "__init__.py"))]
        if any(not _comes_from(root, package) for package in packages):
            found.append(folder)
    return found


def folders_of_parts(root):
    """Folders of projects below the root whose packages nothing else gives: ``packages/x/src`` of a ``packages/x/pyproject.toml``."""
    found = []
    for above in [root] + below(root):
        for base in below(above):
            if not any(os.path.isfile(os.path.join(base, name)) for name in ("pyproject.toml", "setup.py", "setup.cfg")):
                continue
            for folder in (os.path.join(base, "src"), os.path.join(base, "lib"), base):
                if folder not in sys.path and any(_is_nowhere(package) for package in packages_in(folder)):
                    found.append(folder)
    return found


def below(folder):
    """The folders in a folder that may hold sources, some hundreds at most."""
    try:
        names = sorted(os.listdir(folder))[:500]
    except OSError:
        return []
    names = [n for n in names if not n.startswith(".") and n not in ("node_modules", "venv", "site-packages", "__pycache__")]
    return [place for place in (os.path.join(folder, n) for n in names) if os.path.isdir(place)]


def packages_in(folder):
    """The names of the packages right in a folder."""
    return [os.path.basename(p) for p in below(folder) if os.path.isfile(os.path.join(p, "__init__.py"))]


def _is_nowhere(package):
    try:
        return package not in sys.modules and importlib.util.find_spec(package) is None
    except (ImportError, ValueError, AttributeError):
        return False


def _comes_from(root, package):
    if package in sys.modules:
        place = getattr(sys.modules[package], "__file__", "") or ""
    else:
        try:
            spec = importlib.util.find_spec(package)
        except (ImportError, ValueError, AttributeError):
            return False
        place = (spec.origin if spec else "") or ""
    return place.startswith(root + os.sep)


def loaded(root):
    """Return (paths of the modules loaded from below `root`, {top-level module loaded from elsewhere: its file})."""
    inside, outside = set(), {}
    library = os.path.dirname(os.__file__)
    for name, module in list(sys.modules.items()):
        place = getattr(module, "__file__", None)
        if not isinstance(place, str) or name.startswith("_fixbot_guest_"):
            continue
        place = os.path.abspath(place)
        if place.startswith(root + os.sep) and "site-packages" not in place:
            inside.add(place[len(root) + 1:].replace(os.sep, "/"))
        elif "." not in name and name != "__main__" and (
            "-packages" in place or not place.startswith(library + os.sep)
        ):
            outside[name] = place
    return sorted(inside), outside


def leave_guest(original, root):
    """Effect: go to the project's folder, and take the guest's own off sys.path."""
    os.chdir(root)
    sys.path[:] = [p for p in sys.path if p and os.path.abspath(p) != HERE]
    remap(original, root)


def enter_project(root):
    """Effect: put the project's folders on sys.path; returns notes for the user."""
    sys.path.insert(0, root)
    folders = package_folders(root)
    sys.path[1:1] = folders
    parts = folders_of_parts(root)
    sys.path += parts
    return [
        "{}/ was put on sys.path: the project is not installed in this environment".format(os.path.relpath(folder, root))
        for folder in folders + parts
    ]


def tell_loaded(channel, root):
    """Effect: send which modules came from where."""
    inside, outside = loaded(root)
    channel.send("loaded", inside=inside, outside=outside)
