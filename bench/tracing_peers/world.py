"""A province's visits, drawn from one seed: people keep to their commune four times out of five, and places are as unequal as in life."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lachan.outbreak.tracing.engine import DAY, Visits

COMMUNES = 132
SLOTS = 6  # of 160 minutes, from 6 to 22 o'clock: nobody is in two places at once
FIRST_DAY = 560  # 14 July 2021
NIGHT_SHARE = 0.002  # of visits that last into the next day


@dataclass(frozen=True)
class World:
    """``visits`` over ``days``; 80 visits a person and 1,667 a place, as in 100 million of 1.25 million people and 60,000 places."""

    visits: int
    days: int = 14
    seed: int = 7

    @property
    def people(self) -> int:
        return max(200, self.visits // 80)

    @property
    def places(self) -> int:
        return max(COMMUNES, self.visits * 3 // 5000)

    @property
    def since(self) -> int:
        return FIRST_DAY * DAY

    @property
    def until(self) -> int:
        return (FIRST_DAY + self.days) * DAY

    def begun(self, number: int) -> Visits:
        """The visits that begin on a day, the `number`-th of the world."""
        random = np.random.default_rng((self.seed, number))
        count = self.visits * (number + 1) // self.days - self.visits * number // self.days
        subject = self._subjects(random, count)
        slot = self._slots(subject)
        length = np.minimum(random.exponential(45 * 60, count) + 300, 155 * 60).astype(np.int32)
        start = 6 * 3600 + slot * 9600 + (random.random(count, np.float32) * (9600 - length)).astype(np.int32)
        length[random.random(count, np.float32) < NIGHT_SHARE] += 12 * 3600
        start += np.int32((FIRST_DAY + number) * DAY)
        numbers = (
            np.random.default_rng(self.seed).permutation(self.people).astype(np.uint32)
        )  # met in any order
        return Visits(
            numbers[subject], self._places(random, subject), start, (start + length).astype(np.int32)
        )

    def touching(self, number: int) -> Iterator[Visits]:
        """The visits that touch a day: also those that began on the day before and last into this one."""
        if number:
            before = self.begun(number - 1)
            late = before.end > (FIRST_DAY + number) * DAY
            yield Visits(
                *(column[late] for column in (before.subject, before.place, before.start, before.end))
            )
        yield self.begun(number)

    def _subjects(self, random: np.random.Generator, count: int) -> npt.NDArray[np.uint32]:
        """Each person in turn, so that everyone has about as many visits a day."""
        whole = np.tile(random.permutation(self.people).astype(np.uint32), -(-count // self.people))
        return whole[:count]

    def _slots(self, subject: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
        turn = np.arange(subject.size, dtype=np.int64) // self.people
        return ((turn + subject) % SLOTS).astype(np.int32)

    def _places(self, random: np.random.Generator, subject: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """A commune's places by a power law: its market sees a tenth of its visits."""
        commune = (subject.astype(np.int64) * COMMUNES // self.people).astype(np.int32)
        away = random.random(subject.size, np.float32) < 0.2
        commune[away] = random.integers(0, COMMUNES, int(away.sum()), np.int32)
        each = self.places // COMMUNES
        rank = (random.random(subject.size, np.float32) ** 3 * each).astype(np.int32)
        return (commune * each + np.minimum(rank, each - 1)).astype(np.uint32)
