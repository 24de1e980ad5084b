"""Bills for metered water, power or heat."""
