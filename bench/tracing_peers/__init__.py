"""What the tracing engine is measured beside, and the world that they are all asked about."""
