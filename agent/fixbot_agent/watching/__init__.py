"""The background agent: after a save it checks, runs the tests that see the change, and looks for a verified fix of what fails.

The editor and ``fixbot watch`` share it. From outside: :class:`Agent` decides when a round runs and when it ends, `events` are what a round
says, :mod:`child` is the process that a round runs in.
"""
