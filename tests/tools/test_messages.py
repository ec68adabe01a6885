"""The check of translations finds what it must find."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tools import messages


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "src" / "purveyor"
    templates = package / "room" / "templates"
    templates.mkdir(parents=True)
    (package / "room" / "texts.py").write_text(
        "from django.utils.translation import gettext, ngettext\n"
        "gettext('Paid by %(name)s')\n"
        "ngettext('One seat', '%(count)s seats', 2)\n"
    )
    (templates / "page.html").write_text(
        '{% load i18n %}<h1>{% translate "It\'s free" %}</h1>\n'
        "   {% blocktranslate trimmed with who=name %}\n  Hello <b>{{ who }}</b>\n {% endblocktranslate %}\n"
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "PACKAGE", package)
    monkeypatch.setattr(messages, "LANGUAGES", ("es",))
    return tmp_path


def _translate(house: Path, capsys: pytest.CaptureFixture[str], words: dict[str, object]) -> int:
    capsys.readouterr()
    messages.export("es")
    rows = json.loads(capsys.readouterr().out)
    file = house / "es.json"
    file.write_text(json.dumps([row | {"text": words.get(row["id"], row["text"])} for row in rows]))
    return messages.merge("es", file)


WORDS: dict[str, object] = {
    "Paid by %(name)s": "Pagado por %(name)s",
    "One seat": ["Un puesto", "%(count)s puestos"],
    "It's free": "Es gratis",
    "Hello <b>%(who)s</b>": "Hola <b>%(who)s</b>",
}


def test_python_and_templates_are_extracted(house: Path) -> None:
    assert {messages._first(m) for m in messages.extracted() if m.id} == set(WORDS)


def test_a_full_catalog_passes_and_an_empty_one_fails(
    house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.update()
    assert messages.check() == len(WORDS)
    assert _translate(house, capsys, WORDS) == 0
    assert messages.check() == 0
    messages.update()
    assert messages.check() == 0, "an update keeps what is translated"


def test_fuzzy_and_obsolete_messages_fail(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _translate(house, capsys, WORDS)
    path = messages.catalog_path("es")
    good = path.read_text()
    path.write_text(good.replace('msgid "It\'s free"', '#, fuzzy\nmsgid "It\'s free"'))
    assert messages.check() == 1
    path.write_text(good + '\nmsgid "Gone"\nmsgstr "Ido"\n')
    assert messages.check() == 1


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Paid by %(name)s", "Pagado"),
        ("Paid by %(name)s", "Pagado por %(nombre)s"),
        ("Hello <b>%(who)s</b>", "Hola %(who)s"),
        (("One seat", "%(count)s seats"), ("Un puesto", "puestos")),
    ],
)
def test_placeholders_and_tags_must_be_those_of_the_source(source: object, translation: object) -> None:
    assert list(messages._faults(Message(source, translation)))


def test_a_wrong_translation_is_refused_on_merge(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _translate(house, capsys, WORDS | {"Paid by %(name)s": "Pagado"}) == 1
    assert messages.check() == 1
