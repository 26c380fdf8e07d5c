"""The outbreak: cases and samples, tracing, isolation, zones, and the work that they make."""
