"""How fast candidates are tried, beside pytest a candidate and beside mutmut."""
