"""What the search could try at all: fixes of the past, held against the candidates that are made where they were."""
