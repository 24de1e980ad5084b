"""Imports: what they may name, what they could bring, and the edit that brings it."""
