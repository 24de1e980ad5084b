"""The ``fixbot`` command line: parses, calls, shows. The only place that prints."""
