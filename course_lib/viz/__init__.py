"""Figures, still and interactive."""
