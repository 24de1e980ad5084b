"""Ways to come to a patch, and the order among patches that held."""
