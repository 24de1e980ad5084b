"""``python -m fixbot_agent.cli``: the command line where no script is installed."""

from fixbot_agent.cli.main import main

main()
