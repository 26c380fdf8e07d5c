"""The page of somebody in isolation."""
