"""Questions about tasks."""
