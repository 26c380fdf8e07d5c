"""CertLogic 1.3.2: decision rules as JSON data.

``evaluate`` interprets a rule, ``compile_rule`` makes a function of it, ``validate`` says whether it is well formed.
CertLogic has no ``or``; ``not (not a and not b)`` or ``if`` say it. Comparisons of times also take ISO strings.
"""

from lachan.kernel.certlogic.check import validate, variables
from lachan.kernel.certlogic.compile import compile_rule
from lachan.kernel.certlogic.evaluate import evaluate
from lachan.kernel.certlogic.values import to_json

__all__ = ["compile_rule", "evaluate", "to_json", "validate", "variables"]
