"""What a page must hold to for everybody: WCAG 2.2 AA by axe, and what axe does not know."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SOURCE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
async (given) => {
  const only = given.rules ? {type: "rule", values: given.rules} : {type: "tag", values: given.tags};
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
  return found.violations.map(one => one.id + ": " + one.nodes.map(
    node => node.target.join(" ") + " " + node.any.map(why => why.message).join("; ")).slice(0, 3).join(" | "));
}
"""
# 2.5.8 of WCAG 2.2: 24 pixels each way, unless the target is a link in a sentence or stands far enough from others.
_SMALL = """
() => {
  const shown = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
    .filter(one => one.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}))
    .filter(one => !one.closest(".sr-only, .skip"))
    .map(one => ({one, box: one.getBoundingClientRect(), inline: getComputedStyle(one).display === "inline"}))
    .filter(({box}) => box.width > 1 && box.height > 1);
  const middle = box => [box.x + box.width / 2, box.y + box.height / 2];
  const crowded = mine => shown.some(other => {
    if (other.one === mine.one || other.one.contains(mine.one) || mine.one.contains(other.one)) return false;
    const [x, y] = middle(mine.box);
    const dx = Math.max(other.box.left - x, 0, x - other.box.right);
    const dy = Math.max(other.box.top - y, 0, y - other.box.bottom);
    return Math.hypot(dx, dy) < 12;
  });
  return shown
    .filter(({one, box, inline}) => (box.width < 24 || box.height < 24) && !inline
      && !(one.matches("input") && one.closest("label")))
    .filter(crowded)
    .map(({one, box}) => `target-size: ${one.outerHTML.slice(0, 120)} ${box.width}x${box.height}`);
}
"""


def violations(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """What is wrong with the page as it is shown now; with ``rules`` only these are looked at."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE)
    given: dict[str, Any] = {"rules": rules, "tags": TAGS}
    found: list[str] = page.evaluate(_RUN, given)
    return found


def small_targets(page: Page) -> list[str]:
    """Buttons and links too small to hit with a finger."""
    found: list[str] = page.evaluate(_SMALL)
    return found
