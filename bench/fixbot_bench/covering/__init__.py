"""Measuring ``fixbot cover``: what its tests reach and notice, beside those of a peer, by one judge."""
