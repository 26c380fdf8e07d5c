"""The certificate of this machine's own authority, for phones on the same network.

Without trust in it a browser doesn't hold the page for secure: no camera, no installing, no offline page.
"""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from lachan.base.access import public
from lachan.base.http import Request

CONTENT_TYPE = "application/x-x509-ca-cert"
FILENAME = "lachan-authority.crt"


def certificate() -> x509.Certificate | None:
    """The authority's certificate; None where this installation made none."""
    try:
        return x509.load_pem_x509_certificate((Path(settings.DATA) / "tls" / "authority.pem").read_bytes())
    except (OSError, ValueError):
        return None


def fingerprint(found: x509.Certificate) -> str:
    """SHA-256 in pairs of hexadecimal digits, as phones and browsers show it."""
    return found.fingerprint(hashes.SHA256()).hex(" ").upper()


@public
def page(request: Request) -> HttpResponse:
    """How a phone comes to trust this machine, and what is off until then."""
    found = certificate()
    context = {
        "found": found,
        "fingerprint": fingerprint(found) if found else "",
        "secure": request.is_secure(),
    }
    return render(request, "portal/authority.html", context)


@public
def download(request: Request) -> HttpResponse:
    """The certificate alone, in DER: what Android and iPhone both offer to install."""
    found = certificate()
    if found is None:
        raise Http404
    response = HttpResponse(found.public_bytes(serialization.Encoding.DER), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{FILENAME}"'
    return response
