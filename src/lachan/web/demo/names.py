"""Vietnamese names as they are spread: few surnames, a middle name that often tells the sex, given names by generation.

The shares of surnames follow Lê Trung Hoa, Họ và tên người Việt Nam (2005), shifted towards the south of the centre
(Huỳnh and Võ where the north has Hoàng and Vũ). Given names are weighted by hand.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

SURNAMES: tuple[tuple[str, float], ...] = (
    ("Nguyễn", 37.0), ("Trần", 11.5), ("Lê", 9.5), ("Phạm", 6.5), ("Huỳnh", 5.5), ("Võ", 4.8), ("Phan", 4.2),
    ("Đặng", 2.3), ("Bùi", 2.0), ("Đỗ", 1.6), ("Hồ", 1.5), ("Ngô", 1.4), ("Hoàng", 1.3), ("Dương", 1.1), ("Trương", 1.1),
    ("Đinh", 0.9), ("Lý", 0.6), ("Đoàn", 0.6), ("Lương", 0.6), ("Mai", 0.6), ("Vũ", 0.6), ("Cao", 0.5), ("Trịnh", 0.5),
    ("Lâm", 0.4), ("Đào", 0.4), ("Tô", 0.3), ("Hà", 0.3), ("Châu", 0.3), ("Thái", 0.3), ("Tạ", 0.2), ("Văn", 0.2),
    ("La", 0.2), ("Mấu", 0.3), ("Cao Xuân", 0.1), ("Bo Bo", 0.2), ("Pi Năng", 0.2), ("Tôn Thất", 0.1),
)  # fmt: skip
"""Mấu, Bo Bo and Pi Năng are Raglai names of Khánh Sơn and Khánh Vĩnh."""

MALE_MIDDLES: tuple[tuple[str, float], ...] = (
    ("Văn", 30), ("Đình", 5), ("Minh", 7), ("Quốc", 6), ("Hữu", 5), ("Đức", 6), ("Thanh", 6), ("Công", 4), ("Ngọc", 5),
    ("Xuân", 4), ("Quang", 5), ("Anh", 2), ("Hoàng", 5), ("Gia", 3), ("Tấn", 4), ("Bá", 2), ("Trọng", 3), ("", 4),
)  # fmt: skip
FEMALE_MIDDLES: tuple[tuple[str, float], ...] = (
    ("Thị", 42), ("Ngọc", 8), ("Thị Thu", 4), ("Thị Kim", 4), ("Thị Mỹ", 3), ("Thanh", 6), ("Thị Ngọc", 5), ("Kim", 5),
    ("Phương", 3), ("Hoàng", 2), ("Bảo", 3), ("Minh", 4), ("Thu", 3), ("Mỹ", 3), ("Thùy", 2), ("Quỳnh", 2), ("", 1),
)  # fmt: skip
MALE_ELDERS = "Ba Bảy Bình Chín Cường Dũng Đông Hai Hòa Hùng Lâm Lộc Long Năm Nghĩa Phước Sơn Sáu Tám Thành Thạnh Thọ Tư Út"
MALE_ADULTS = (
    "An Bảo Bình Chiến Cường Danh Dũng Duy Đạt Đức Hải Hậu Hiếu Hòa Hùng Huy Hưng Khánh Khoa Kiên Lâm Long Lợi Mạnh Minh"
    " Nam Nghĩa Nhân Phong Phúc Phước Quân Quang Quý Sang Sơn Tài Tâm Tân Thái Thắng Thành Thịnh Thuận Tiến Tín Toàn"
    " Trí Trung Trường Tú Tuấn Tùng Vinh Vũ Vương"
)
MALE_CHILDREN = "An Anh Bảo Đăng Đạt Huy Hưng Khang Khánh Khôi Kiên Lâm Long Minh Nam Nguyên Nhân Phát Phong Phúc Quân Sang Thiện Thịnh Tuấn Vinh"
FEMALE_ELDERS = (
    "Ba Bảy Bông Chín Cúc Đào Hai Hoa Huệ Lài Lan Liễu Mai Năm Nga Nhàn Phấn Sáu Sen Tám Thơm Tư Út Xuân"
)
FEMALE_ADULTS = (
    "Ánh An Bích Châu Chi Dung Diễm Duyên Giang Hà Hạnh Hằng Hiền Hoa Hòa Hồng Huệ Hương Hường Lan Lệ Liên Linh Loan"
    " Ly Mai Mỹ Nga Ngân Nguyệt Nhi Nhung Nở Oanh Phượng Phương Quyên Sương Tâm Thanh Thảo Thắm Thu Thúy Thủy Thư Thương"
    " Tiên Trang Trâm Trinh Trúc Tuyết Uyên Vân Vy Xuân Yến"
)
FEMALE_CHILDREN = "An Anh Châu Chi Diệp Giang Hân Khánh Linh Ly Mai My Ngân Nghi Nhi Như Quyên Thảo Thư Trâm Trân Trúc Uyên Vy Ý Yến"

ELDER, CHILD = 62, 15  # ages at which another list of given names begins


def _pick(
    rng: np.random.Generator, choices: tuple[tuple[str, float], ...], count: int
) -> NDArray[np.object_]:
    words = np.array([word for word, _ in choices], dtype=object)
    weights = np.array([weight for _, weight in choices])
    return words[rng.choice(len(words), size=count, p=weights / weights.sum())]


def _given(rng: np.random.Generator, words: str, count: int) -> NDArray[np.object_]:
    """The first names of a list are no commoner than the last: shares fall off in an order of their own."""
    chosen = np.array(words.split(), dtype=object)
    weights = 1 / (3 + rng.permutation(len(chosen)))
    return chosen[rng.choice(len(chosen), size=count, p=weights / weights.sum())]


def surnames(rng: np.random.Generator, count: int) -> NDArray[np.object_]:
    """One surname each."""
    return _pick(rng, SURNAMES, count)


def full_names(rng: np.random.Generator, family: NDArray[np.object_], male: Flags, age: Indices) -> list[str]:
    """Surname, middle and given name of each; all arrays have one element a person."""
    count = len(family)
    middle = np.where(male, _pick(rng, MALE_MIDDLES, count), _pick(rng, FEMALE_MIDDLES, count))
    given = np.empty(count, dtype=object)
    generations = (age >= ELDER, (age < ELDER) & (age >= CHILD), age < CHILD)
    lists = (
        (MALE_ELDERS, FEMALE_ELDERS),
        (MALE_ADULTS, FEMALE_ADULTS),
        (MALE_CHILDREN, FEMALE_CHILDREN),
    )
    for of_age, (men, women) in zip(generations, lists, strict=True):
        for of_sex, words in ((male, men), (~male, women)):
            here = of_age & of_sex
            given[here] = _given(rng, words, int(here.sum()))
    return [" ".join(filter(None, parts)) for parts in zip(family, middle, given, strict=True)]
