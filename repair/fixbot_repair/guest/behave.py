"""Records the calls that tests make, or makes such calls again and tells what they do. Reads JSON from stdin.

To record is to run tests with a listener; to replay is to import the code as it lies there now and call it, each call for
itself: one that hangs or ends its process says so and the others go on in a new fork.
"""

import ast
import base64
import copy
import importlib
import importlib.util
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MOST_LOST = 12  # calls that hang or end their process, until no more are made
MOST_SLOW = 3  # variants of one call that take too long, until it is left alone
ROOM = 50  # seconds for one fork at most
BRIEF = 0.1  # seconds of CPU; a call that took longer is not made twice
MOST_BYTES = 16 << 20  # of what one fork tells


def guest(name):
    """Return one of the guest's own modules, as start.py loads them."""
    start = sys.modules.get("_fixbot_guest_start")
    if start is None:
        spec = importlib.util.spec_from_file_location("_fixbot_guest_start", os.path.join(HERE, "start.py"))
        start = sys.modules["_fixbot_guest_start"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(start)
    return start.load(name)


def record(config, channel):
    """Effect: run the tests and send each distinct call once."""
    watchdog = guest("watchdog").Watchdog(config["seconds"])
    guest("places").leave_guest(config["original"], config["root"])
    runner = guest("run_pytest" if config["runner"] == "pytest" else "run_unittest")
    guest("places").enter_project(config["root"])

    def tell(module, name, data, is_entry, shapes):
        text = base64.b64encode(data).decode("ascii")
        channel.send("call", module=module, name=name, data=text, entry=is_entry, path=sys.path, shapes=shapes)

    recorder = guest("recording").Recorder(config["root"], config["wanted"], config["tests"], tell)
    watchdog.collecting(config["collect_seconds"])
    runner.run(config, channel, watchdog, recorder)
    channel.send("end", code=0)


class Replay(object):
    """Makes the calls of `config`: each as it was recorded, `variants` changed versions of it, and what was `made` for it outside."""

    def __init__(self, config, channel):
        self.config = config
        self.channel = channel
        guest("relating")
        self.forking, self.mutating, self.observing = guest("forking"), guest("mutating"), guest("observing")
        modules = list(config["modules"]) + [c["module"] for c in config["calls"]]
        self.observer = self.observing.Observer(config["root"], dict.fromkeys(modules))
        self.course = guest("reaching").Course(config["root"], config["places"])
        self.loads = guest("pickling").loads
        self.plain = guest("recording").plain
        self.error = guest("watchdog").TestTimeout
        self.variants = {}
        self.slow = {}
        self.deadline = time.time() + config["room"]

    def run(self):
        """Effect: send what each call does, for as long as there is time: all calls as they were made, then variants of each in turn."""
        self.forking.adopt()
        sys.path[:] = self.config["path"]
        calls = self.config["calls"]
        todo = sorted((k, n) for n, c in enumerate(calls) for k in range(c["variants"] + len(c["made"]) + 1))
        lost = 0
        while todo and lost < MOST_LOST and time.time() < self.deadline:
            data, how = self.forking.in_child(lambda end: self.work(todo, end), ROOM, MOST_BYTES)
            seen = [json.loads(line) for line in data.decode("utf-8", "replace").split("\n") if line.endswith("}")]
            for each in seen:
                self.channel.send("seen", **each)
            done = len(seen)
            if how == "ended":
                break
            if done < len(todo):
                variant, number = todo[done]
                self.channel.send("seen", call=number, variant=variant, digest="lost", what=how, text="")
            lost += 1
            todo = todo[done + 1 :]
        self.channel.send("end", code=0)

    def work(self, todo, end):
        """Effect: in a fork, make the calls `todo` one after the other and write what each did."""
        self.forking.quiet()
        self.forking.limit_memory()
        patience = self.forking.Patience(self.config["seconds"], self.error)
        for variant, number in todo:
            if time.time() > self.deadline:
                return
            try:
                if self.slow.get(number, 0) >= MOST_SLOW:
                    found = {"digest": "", "what": "is left alone", "text": ""}
                else:
                    found = self.one(number, variant, patience)
            except self.error:
                self.slow[number] = self.slow.get(number, 0) + 1
                found = {"digest": "timeout", "what": "takes longer than %s s" % self.config["seconds"], "text": ""}
            except Exception as error:  # noqa: BLE001 - what cannot be called says so
                found = {"digest": "", "what": type(error).__name__, "text": ""}
            line = json.dumps(dict(found, call=number, variant=variant)) + "\n"
            data = line.encode("ascii")
            while data:
                data = data[os.write(end, data) :]

    def one(self, number, variant, patience):
        """Effect: make one call, twice. What is seen of it, with `text` (the call in words) and `seconds` of CPU.

        A call that does something else the second time (random, the time, a count that goes on) tells nothing. The second
        time of a brief one also tells `reached` and `steps`, see Course.
        """
        text = self.observing.call_text(self.config["calls"][number]["name"], *self.call(number, variant))
        began = time.process_time()
        seen = self.done(number, variant, patience)
        seconds = time.process_time() - began
        if seconds < BRIEF:
            self.course.start()
            try:
                again = self.done(number, variant, patience)
            finally:
                seen["reached"], seen["steps"] = self.course.stop()
            if seen["alone"] != again["alone"]:
                seen.update(digest="", what="differs from time to time")
        del seen["alone"]
        return dict(seen, text=text, seconds=seconds)

    def done(self, number, variant, patience):
        """Effect: make one call on arguments of its own."""
        function, call = self.function(self.config["calls"][number]), self.call(number, variant)
        patience.start()
        try:
            return self.observer.observed(function, *call)
        finally:
            patience.stop()

    def call(self, number, variant):
        """The arguments of a call, or of its variant; raises LookupError when it has not so many."""
        called = self.config["calls"][number]
        call = self.load(called)
        if not variant:
            return call
        if variant > called["variants"]:
            return self.told(call, called["made"][variant - called["variants"] - 1])
        if number not in self.variants:
            self.variants[number] = self.made(number)
        place, value = self.variants[number][variant - 1]
        return self.mutating.changed(call, place, copy.deepcopy(value))

    def told(self, call, made):
        """`call` with other values, written as literals, at some places; where `made` has names, a call by these names alone."""
        if isinstance(made, dict):
            return [], dict((name, ast.literal_eval(text)) for name, text in made.items())
        for place, text in made:
            call = self.mutating.changed(call, place, ast.literal_eval(text))
        return call

    def load(self, called):
        """The recorded call, a copy of its own."""
        return self.loads(base64.b64decode(called["data"]))

    def made(self, number):
        """The variants of a call."""
        called = self.config["calls"][number]
        others = [
            self.load(c) for c in self.config["calls"]
            if c is not called and (c["module"], c["name"]) == (called["module"], called["name"])
        ]  # fmt: skip
        hints = self.mutating.Hints(others[:5], self.config["constants"], self.mutating.kinds(self.function(called)))
        return self.mutating.variants(self.load(called), hints, called["data"], called["variants"])

    def function(self, called):
        """The function that a call is of, as it is now."""
        value = importlib.import_module(called["module"])
        *outer, last = called["name"].split(".")
        for part in outer:
            value = getattr(value, part)
        value = vars(value)[last] if outer else getattr(value, last)
        return self.plain(value) or value


def main():
    """Effect: do as told."""
    config = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    channel = guest("channel").Channel(config["descriptor"], config["word"])
    guest("failure")
    guest("places")
    guest("watchdog")
    guest("pickling")
    guest("shaping")
    if config["record"]:
        record(config, channel)
    else:
        guest("places").leave_guest(config["original"], config["root"])
        Replay(config, channel).run()


if __name__ == "__main__":
    main()
