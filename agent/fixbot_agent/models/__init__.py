"""The only place that talks to a model: clients, routing, budgets."""
