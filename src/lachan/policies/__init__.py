"""The rules as dated data: no code here. See docs/policies.md."""
