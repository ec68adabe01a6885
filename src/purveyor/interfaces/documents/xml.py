"""The two syntaxes of an e-invoice, written by the factur-x library from one set of terms."""

from __future__ import annotations

import copy
from typing import cast

from lxml import etree

from purveyor.interfaces.documents.einvoice import Terms

PEPPOL_CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PEPPOL_PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


def write_cii(terms: Terms) -> bytes:
    """CII D22B, profile EN 16931 of Factur-X."""
    return _written(terms, "factur-x")


def write_ubl(terms: Terms) -> bytes:
    """UBL 2.1 as Peppol BIS Billing 3 wants it: its customization, and no version element."""
    root = etree.fromstring(_written({**terms, "BT-23": PEPPOL_PROFILE}, "ubl-2.1"))
    for element in root.findall(f"{_CBC}UBLVersionID"):
        root.remove(element)
    customization = root.find(f"{_CBC}CustomizationID")
    if customization is not None:
        customization.text = PEPPOL_CUSTOMIZATION
    return cast(bytes, etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _written(terms: Terms, flavor: str) -> bytes:
    from facturx import generate_xml  # half a second of imports, for whoever writes one

    # The library works on what it is given; schemas and schematron are the tests' work (see the README).
    given = copy.deepcopy(terms)
    return cast(
        bytes, generate_xml(given, flavor=flavor, level="en16931", check_xsd=False, check_schematron=None)
    )
