"""The first line of a report: what came of a solve, in a few words, and their colour."""

from fixbot_agent.solving.reporting.report import Report, Status

GAVE_UP = "the model gave up: "  # begins the warning that says so
_NO_MODEL, _INTERRUPTED = 5, 130  # of the contract's exit codes
_HEADLINES = {
    Status.PLAUSIBLE: ("green", "Fixed and verified"),
    Status.UNVERIFIED: ("yellow", "A patch, but no test shows whether it is right"),
    Status.NEEDS_INFO: ("yellow", "The issue lacks something to check a fix against"),
    Status.BUDGET: ("yellow", "The budget ran out before a patch was verified"),
    Status.ERROR: ("red", "Stopped"),
    Status.NONE: ("yellow", "No acceptable patch was found"),
}


def headline_of(report: Report) -> tuple[str, str]:
    """Colour and words."""
    style, words = _HEADLINES[report.status]
    if report.status is Status.UNVERIFIED:
        return style, _unverified(report, words)
    if report.status is Status.NONE and report.exit_code == 0:
        return "green", "Nothing to fix"
    if report.status is Status.PLAUSIBLE and report.error is not None:
        return "yellow", "Fixed and verified, but not written"
    if report.exit_code == _INTERRUPTED:
        return style, "Interrupted; what was found so far is kept"
    if report.exit_code == _NO_MODEL:
        return style, "No model answered"
    gave_up = any(warning.startswith(GAVE_UP) for warning in report.warnings)
    if gave_up and not report.patch and report.status in (Status.NONE, Status.NEEDS_INFO):
        return style, "No patch: the model gave up, and says why"
    return style, words


def _unverified(report: Report, words: str) -> str:
    if report.disputed:
        return "A patch that fails a test which the model calls wrong: that is for you to decide"
    if report.verification.regressions:
        return "A patch, but tests that passed before fail with it"
    if report.verification.own_tests:
        return "A patch that only the model's own test shows to be right"
    if report.verification.acceptance:
        return "A patch that only tests of another model show to be right"
    return words
