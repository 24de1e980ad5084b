"""One conversation with a model: what it is told first, the loop over its tools, and when to break off."""
