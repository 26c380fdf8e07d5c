"""What the dated rule sets share: reasons in two languages, CertLogic rules read from a policy, the worst result winning."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from lachan.kernel.certlogic import compile_rule
from lachan.kernel.certlogic.values import truth
from lachan.kernel.errors import InvalidInput

R = TypeVar("R", bound=str)
_TEXTS = ("id", "reason_vi", "reason_en", "advice_vi", "advice_en")


@dataclass(frozen=True, slots=True)
class Reason(Generic[R]):
    """Why: the rule, what it says and advises in each language, and the document behind it."""

    rule_id: str
    result: R
    text: Mapping[str, str]
    advice: Mapping[str, str]
    document: str


@dataclass(frozen=True, slots=True)
class Rule(Generic[R]):
    """A reason, and when it holds: ``when`` as CertLogic data, ``run`` the same compiled."""

    reason: Reason[R]
    when: Any
    run: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Scale(Generic[R]):
    """The results that rules of one kind give, best first. ``refusal`` begins the codes of what is refused."""

    results: tuple[R, ...]
    refusal: str

    def rank(self, result: R) -> int:
        """0 is the best."""
        return self.results.index(result)

    def reason(self, raw: Mapping[str, Any], document: str) -> Reason[R]:
        """A reason as a policy file writes it. Raises InvalidInput ``…_incomplete`` with the key that is missing."""
        missing = [key for key in _TEXTS if not raw.get(key)]
        if missing or raw.get("result") not in self.results:
            raise InvalidInput(
                f"{self.refusal}_incomplete", rule=str(raw.get("id")), key=(missing or ["result"])[0]
            )
        return Reason(
            rule_id=raw["id"],
            result=raw["result"],
            text=MappingProxyType({"vi": raw["reason_vi"], "en": raw["reason_en"]}),
            advice=MappingProxyType({"vi": raw["advice_vi"], "en": raw["advice_en"]}),
            document=raw.get("document", document),
        )

    def rule(self, raw: Mapping[str, Any], document: str) -> Rule[R]:
        """A rule as a policy file writes it. Raises InvalidInput ``…_incomplete`` or ``…_when``."""
        reason = self.reason(raw, document)
        try:
            when = json.loads(raw.get("when", ""))
            return Rule(reason, when, compile_rule(when))
        except ValueError as error:
            raise InvalidInput(f"{self.refusal}_when", rule=reason.rule_id, reason=str(error)) from error

    def rules(self, raw: Iterable[Mapping[str, Any]], document: str, version: str) -> tuple[Rule[R], ...]:
        """All the rules of an entry. Raises InvalidInput ``…_rules`` if there are none or two have one id."""
        rules = tuple(self.rule(one, document) for one in raw)
        if not rules or len({rule.reason.rule_id for rule in rules}) != len(rules):
            raise InvalidInput(f"{self.refusal}_rules", version=version)
        return rules

    def worst_first(self, found: list[Reason[R]]) -> tuple[Reason[R], ...]:
        """The reasons of the worst result, then the lesser; praise is left out where there is blame; none twice."""
        if len(found) == 1:
            return (found[0],)
        ranked = sorted(((self.rank(reason.result), reason) for reason in found), key=lambda pair: -pair[0])
        worst = ranked[0][0]
        return tuple({id(reason): reason for rank, reason in ranked if rank or not worst}.values())


def holding(rules: Iterable[Rule[R]], data: Mapping[str, Any], broken: Reason[R]) -> list[Reason[R]]:
    """The reasons of the rules that hold, in their order. Never raises: a rule that refuses the data gives ``broken``."""
    found = []
    for rule in rules:
        try:
            verdict = rule.run(data)
        except InvalidInput:
            found.append(broken)
            continue
        if verdict is True or (verdict is not False and verdict is not None and truth(verdict)):
            found.append(rule.reason)
    return found
