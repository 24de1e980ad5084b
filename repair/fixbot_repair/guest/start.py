"""Starts the project's tests in the project's own interpreter: reads what to do as JSON from stdin.

Takes the place of ``python -P``, which old interpreters lack and flat layouts cannot bear: the test runner is imported
before the project's folder goes on sys.path, so that no ``pytest.py`` of the project's can stand in for it; after that
sys.path is what ``python -m pytest`` in the project's folder would have.
"""
import importlib.util
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    """Return one of the guest's own modules, under a name that no project uses."""
    full = "_fixbot_guest_" + name
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, os.path.join(HERE, name + ".py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]


def main():
    """Effect: run tests as told."""
    config = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    channel = load("channel").Channel(config["descriptor"], config["word"])
    load("failure")
    places = load("places")
    watchdog = load("watchdog").Watchdog(config["seconds"])
    places.leave_guest(config["original"], config["root"])
    runner = load("run_pytest" if config["runner"] == "pytest" else "run_unittest")
    tracer = load("tracer").tracer(config["root"]) if config["trace"] else None
    if config.get("debug"):
        tracer = load("debugging").Debugger(config["root"], config["debug"], channel)
    notes = places.enter_project(config["root"])
    channel.send("start", python=sys.version.split()[0], notes=notes)
    watchdog.collecting(config["collect_seconds"])
    code = runner.run(config, channel, watchdog, tracer)
    places.tell_loaded(channel, config["root"])
    channel.send("end", code=code)
    sys.stdout.flush()
    sys.stderr.flush()
    if still_running():
        os._exit(0)


def still_running():
    """Whether threads of the project's would keep this process from ending: all is said, and nobody waits for them."""
    threading = sys.modules.get("threading")
    if threading is None:
        return False
    return any(t is not threading.main_thread() and not t.daemon for t in threading.enumerate())


if __name__ == "__main__":
    main()
