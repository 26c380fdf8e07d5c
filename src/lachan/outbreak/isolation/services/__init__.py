"""The verbs of isolation: draft, issue, follow, release."""
