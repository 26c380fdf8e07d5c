"""The machine's own certificate authority, and what it signs."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography import x509

from lachan.web import certificate


def test_the_chain_is_one_that_a_client_accepts(tmp_path: Path) -> None:
    chain, key, authority = certificate.ensure(tmp_path, "192.168.1.7")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain, key)
    client = ssl.create_default_context(cafile=str(authority))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = server.wrap_bio(incoming, outgoing, server_side=True)
    there = client.wrap_bio(outgoing, incoming, server_hostname="192.168.1.7")
    for _ in range(4):
        for end in (there, here):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                pass
    assert there.getpeercert()


def test_keys_are_the_owners_alone(tmp_path: Path) -> None:
    certificate.ensure(tmp_path, "lachan.example")
    modes = {path.stat().st_mode & 0o077 for path in (tmp_path / "tls").glob("*.key")}
    assert modes == {0}


def test_a_second_start_keeps_both_and_another_address_only_the_authority(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in certificate.ensure(tmp_path, "192.168.1.7")]
    assert [path.read_bytes() for path in certificate.ensure(tmp_path, "192.168.1.7")] == first
    other = [path.read_bytes() for path in certificate.ensure(tmp_path, "192.168.1.8")]
    assert other[2] == first[2] and other[0] != first[0]


def test_a_certificate_near_its_end_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain, _, _ = certificate.ensure(tmp_path, "192.168.1.7")
    before = chain.read_bytes()
    monkeypatch.setattr(certificate, "_expires_soon", lambda path: True)
    certificate.ensure(tmp_path, "192.168.1.7")
    assert chain.read_bytes() != before


@pytest.mark.parametrize(("address", "kind"), [("192.168.1.7", x509.IPAddress), ("may.lan", x509.DNSName)])
def test_the_name_is_of_the_right_kind(tmp_path: Path, address: str, kind: type) -> None:
    chain, _, _ = certificate.ensure(tmp_path, address)
    made = x509.load_pem_x509_certificate(chain.read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert address in {str(one) for one in names.get_values_for_type(kind)}


def test_a_machine_of_several_names_has_one_certificate_for_all(tmp_path: Path) -> None:
    names = ["127.0.0.1", "[::1]", "10.0.0.5", "may-truc.local"]
    first = [path.read_bytes() for path in certificate.ensure(tmp_path, "192.168.1.7", names)]
    assert [path.read_bytes() for path in certificate.ensure(tmp_path, "192.168.1.7", names[:2])] == first
    held = x509.load_pem_x509_certificate(first[0]).extensions
    said = held.get_extension_for_class(x509.SubjectAlternativeName).value
    assert said.get_values_for_type(x509.DNSName) == ["localhost", "may-truc.local"]
    assert {str(one) for one in said.get_values_for_type(x509.IPAddress)} == {
        "127.0.0.1", "::1", "10.0.0.5", "192.168.1.7"
    }  # fmt: skip
    moved = [
        path.read_bytes() for path in certificate.ensure(tmp_path, "192.168.1.7", [*names, "172.16.0.2"])
    ]
    assert moved[0] != first[0] and moved[2] == first[2]
