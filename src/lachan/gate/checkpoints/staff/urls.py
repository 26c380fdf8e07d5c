from __future__ import annotations

from typing import Any

from django.urls import path

from lachan.gate.checkpoints.staff import codes, devices, enrolling, issuers, shifts

urlpatterns: list[Any] = [
    path("cb/chot/", shifts.shift_list, name="list"),
    path("cb/chot/ca/moi/", shifts.new, name="shift_new"),
    path("cb/chot/ca/<uuid:pk>/", shifts.shift_page, name="shift"),
    path("cb/chot/ca/<uuid:pk>/dong/", shifts.close, name="shift_close"),
    path("cb/chot/ca/<uuid:pk>/thiet-bi/", devices.of_shift, name="shift_devices"),
    path("cb/chot/ca/<uuid:pk>/ma/", enrolling.show_code, name="enrol_code"),
    path("cb/chot/ca/<uuid:pk>/ma/<uuid:code>/", enrolling.code_state, name="enrol_code_state"),
    path("cb/chot/ca/<uuid:pk>/ma/<uuid:code>/bo/", enrolling.withdraw_code, name="enrol_code_withdraw"),
    path("cb/chot/ma/", codes.code_list, name="codes"),
    path("cb/chot/ma/to-khai/<uuid:pk>/", codes.revoke_given, name="code_revoke"),
    path("cb/chot/ma/so/<uuid:serial>/", codes.revoke_serial, name="serial_revoke"),
    path("cb/chot/ma/<uuid:serial>/bo/", codes.restore, name="code_restore"),
    path("cb/chot/hc1/", issuers.issuers, name="hc1"),
    path("cb/chot/hc1/<slug:kid>/bo/", issuers.remove, name="hc1_remove"),
    path("cb/chot/thiet-bi/", devices.device_list, name="devices"),
    path("cb/chot/thiet-bi/<uuid:pk>/", devices.device_page, name="device"),
    path("cb/chot/thiet-bi/<uuid:pk>/thu-hoi/", devices.revoke, name="device_revoke"),
]
