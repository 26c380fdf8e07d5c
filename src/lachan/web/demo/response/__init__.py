"""What the health service did about the simulated outbreak: households, tests, cases, tracing, isolation, zones.

Everything goes through the services that officers use, with the clock of its own day, in the order of time.
"""

from lachan.web.demo.response.tell import respond

__all__ = ["respond"]
