"""What the demo's officers did meanwhile: calls, visits to arrivals, levels of areas, requests decided."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from lachan.gate.declarations.models import DataRequest, Entry, FollowUp
from lachan.gate.declarations.services import follow_up, requests
from lachan.registry.accounts.models import User

Kind, Status = FollowUp.Kind, FollowUp.Status
PACE = 0.22  # of the open queue that is seen to in one round
STEPS: dict[str, tuple[tuple[str, float, str], ...]] = {
    Kind.FLAGGED: (
        (Status.CALLED, 0.35, "Đã gọi, người khai kể ho nhẹ hai ngày, không sốt."),
        (Status.UNREACHABLE, 0.2, "Gọi hai lần không nghe máy, chiều gọi lại."),
        (Status.ADVISED, 0.25, "Đã hướng dẫn theo dõi tại nhà và gọi trạm khi nặng hơn."),
        (Status.TEST, 0.12, "Chuyển lấy mẫu xét nghiệm tại trạm y tế."),
        (Status.INVESTIGATE, 0.08, "Có yếu tố dịch tễ, đề nghị điều tra."),
    ),
    Kind.ARRIVAL: (
        (Status.RECEIVED, 0.4, "Tổ Covid cộng đồng đã tiếp nhận."),
        (Status.CONTACTED, 0.3, "Đã gặp tại nhà, sức khỏe bình thường."),
        (Status.ISOLATED, 0.2, "Đã cách ly tại nhà, có giấy cam kết."),
        (Status.NOT_FOUND, 0.1, "Đến địa chỉ khai báo nhưng không gặp."),
    ),
}
LAST: dict[str, tuple[str, str]] = {
    Kind.FLAGGED: (Status.CLOSED, "Hết triệu chứng, kết thúc theo dõi."),
    Kind.ARRIVAL: (Status.CLOSED, "Hết thời gian theo dõi, sức khỏe ổn định."),
}
ASKED = (
    (DataRequest.Kind.CORRECT, "Tôi ghi nhầm năm sinh, xin sửa lại cho đúng căn cước."),
    (DataRequest.Kind.DELETE, "Tôi khai hai lần, xin xóa tờ khai này."),
    (DataRequest.Kind.CORRECT, "Địa chỉ đúng là số 12, không phải 21."),
)


class Desk:
    """The officers of the demo, each for the unit that the account was granted."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._by_unit: dict[str, User] = {}
        for user in User.objects.filter(is_demo=True).order_by("id").prefetch_related("grants"):
            for grant in user.grants.all():
                if grant.role in {"commune_health_worker", "district_officer", "province_admin"}:
                    self._by_unit.setdefault(grant.unit, user)

    def officer(self, unit: str) -> User | None:
        """Whoever sees to a unit: the account nearest to it."""
        fitting = [path for path in self._by_unit if unit.startswith(path)]
        return self._by_unit[max(fitting, key=len)] if fitting else None

    def work(self, now: datetime) -> int:
        """One round over the open queue: the older a row, the likelier someone has seen to it. Returns notes made."""
        made = 0
        rows = FollowUp.objects.filter(open=True, created_at__lte=now - timedelta(hours=2)).order_by("id")
        for row in list(rows):
            officer = self.officer(row.unit)
            if officer is not None and self._rng.random() < PACE:
                status, text = self._step(row)
                follow_up.note(row.id, status, text, by=officer, now=now)
                made += 1
        return made

    def _step(self, row: FollowUp) -> tuple[str, str]:
        if row.status != Status.WAITING and self._rng.random() < 0.5:
            return LAST[row.kind]
        steps = STEPS[row.kind]
        chances = np.array([chance for _, chance, _ in steps])
        status, _, text = steps[int(self._rng.choice(len(steps), p=chances / chances.sum()))]
        return status, text

    def citizens_ask(self, entries: list[Entry], now: datetime) -> None:
        """Some citizens ask for a correction or a deletion; the first of them have their answer."""
        for number, entry in enumerate(entries):
            kind, text = ASKED[number % len(ASKED)]
            row = requests.ask(kind, entry, text, now=now - timedelta(hours=30 - number))
            officer = self.officer(row.unit)
            if number < len(entries) // 2 and officer is not None:
                answer = "Đã kiểm tra giấy tờ và thực hiện."
                requests.decide(
                    row, DataRequest.Status.DONE, answer, by=officer, now=now - timedelta(hours=2)
                )
