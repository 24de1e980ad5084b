"""The small process between fixbot and a contained command: standard library only, run by path, never imports fixbot.

``main`` reads a :class:`~launcher.spec.Spec`, ``supervise`` outlives the command and ends everything it started,
``namespaces`` builds the root it sees, ``confine`` takes rights away from it; ``kernel`` holds the system calls.
Imports inside are relative, so that it runs as ``launcher`` without loading the rest, and only the quick modules
are used (no json, signal, subprocess, dataclasses): its start-up is paid for by each command.
"""
