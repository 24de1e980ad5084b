"""Where the fault may be: spectra, traces, text and graph, fused into ranked suspects."""

from fixbot_repair.localisation.locate import localise
from fixbot_repair.localisation.past import Past, prone
from fixbot_repair.localisation.suspect import Localisation, Suspect

__all__ = ["Localisation", "Past", "Suspect", "localise", "prone"]
