"""Judging a patch against a reference: same program, or the same behaviour on further inputs."""
