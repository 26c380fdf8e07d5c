"""Questions about isolation."""
