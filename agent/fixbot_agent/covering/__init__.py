"""Writing tests of one module until its branches are covered: inputs are searched, results recorded, tests chosen by what they notice.

Sources: Panichella, Kifetew, Tonella, "Automated Test Case Generation as a Many-Objective Optimisation Problem with Dynamic
Selection of the Targets" (DynaMOSA), IEEE TSE 2018; Fraser, Arcuri, "EvoSuite", ESEC/FSE 2011; Lukasczyk, Fraser, "Pynguin",
ICSE Companion 2022 (types and values for Python); Fraser, Zeller, "Mutation-Driven Generation of Unit Tests and Oracles", IEEE TSE 2012.
"""

from fixbot_agent.covering.ground import Job
from fixbot_agent.covering.report import Report, Status
from fixbot_agent.covering.source import ProposalSource
from fixbot_agent.covering.work import Cover, cover

__all__ = ["Cover", "Job", "ProposalSource", "Report", "Status", "cover"]
