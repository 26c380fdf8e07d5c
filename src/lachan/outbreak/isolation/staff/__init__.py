"""Isolation as officers see it."""
