"""A site of published pages: built aside as a whole, then put in the place of the one before.

``site.json`` lists the files gisclusters made.  A folder that holds anything else is not ours
to replace; files of others that lie in a site of ours are carried over untouched.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gisclusters._version import __version__
from gisclusters.errors import UnavailableError, UsageError
from gisclusters.publish.assets import licences
from gisclusters.publish.blocks import sources
from gisclusters.publish.cluster_facts import cluster_facts
from gisclusters.publish.cluster_page import cluster_page
from gisclusters.publish.content import SiteContent
from gisclusters.publish.gathered import Gathered, gather
from gisclusters.publish.overview import overview_page
from gisclusters.publish.page import PACKAGES, page_html, site_assets
from gisclusters.publish.webmap import map_shell
from gisclusters.words import Lang, day, text

OVERVIEW = "overview"
SITE_FILE = "site.json"
_GENERATOR = "gisclusters"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
_RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}
_UI_WORDS = (
    "all", "all_areas", "back", "colour_by", "easting", "layers", "legend", "northing",
    "open_cluster",
    "rows_shown", "zoom_to",
)  # fmt: skip
_OVERVIEW_GROUPS = ("places", "plans", "clusters")
_CLUSTER_GROUPS = (
    "places", "plans", "lots", "parcels", "land", "boundary", "overlaps", "markers",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """What was built: ``paths`` are the files made (``index`` the page to open), in order."""

    index: Path
    paths: tuple[Path, ...]
    cluster_pages: int


def build_site(
    content: SiteContent,
    out: Path,
    *,
    lang: Lang = "vi",
    single_file: bool = False,
    public: bool = False,
    only: Sequence[str] | None = None,
    force: bool = False,
) -> SiteSummary:
    """Build the site in the folder ``out``: ``index.html``, ``clusters/<id>.html``, ``site.json``.

    By default scripts and styles lie once in ``assets/`` beside the pages, so that a thousand
    pages stay small; ``single_file`` puts them into every page, which can then be sent alone.
    ``public`` withholds tenants, contracts and defence plans.  ``only`` names pages to build
    (``overview`` or cluster ids); the others of an existing site stay as they are.

    The site is made in a folder beside ``out`` and swapped in when it is whole: a reader sees
    the old one or the new one.  Equal content gives equal bytes.

    Raises UsageError: ``out_not_ours`` (something is there that is no site of gisclusters;
    ``force`` builds there all the same and keeps what was there), ``cluster_unknown``.
    Raises UnavailableError: ``assets_missing``, ``out_locked``.
    """
    before = _site_before(out, force=force)
    gathered = gather(content, public=public)
    ids = gathered.clusters["cluster_id"].tolist()
    names = page_names(ids)
    wanted = _wanted(only, ids)
    made = _pages(content, gathered, names, wanted, before,
                  lang=lang, single_file=single_file, public=public)  # fmt: skip
    attached = {
        f"reports/{each.name or each.path.name}": each.path.read_bytes()
        for each in content.attachments
    }
    files = {name: page.encode("utf-8") for name, page in made.items()} | attached
    kept = {} if only is None else {name: sha for name, sha in before.items() if name not in files}
    files[SITE_FILE] = _site_file(content, files, kept, lang=lang, public=public)
    _swap(out, files, before=before, kept=kept)
    return SiteSummary(
        index=out / "index.html",
        paths=tuple(out / name for name in files),
        cluster_pages=sum(name.startswith("clusters/") for name in files),
    )


def page_names(ids: Sequence[str]) -> dict[str, str]:
    """A file name per cluster that every file system takes, the id itself where it can be.

    Other ids, and ids that differ by case alone, get a digest of the id behind their letters.
    """
    seen: dict[str, int] = {}
    for cluster_id in ids:
        seen[cluster_id.casefold()] = seen.get(cluster_id.casefold(), 0) + 1
    names = {}
    for cluster_id in ids:
        plain = _SAFE.fullmatch(cluster_id) and cluster_id.casefold() not in _RESERVED
        if plain and seen[cluster_id.casefold()] == 1:
            names[cluster_id] = cluster_id
        else:
            letters = re.sub(r"[^A-Za-z0-9]+", "-", cluster_id).strip("-")[:40] or "cluster"
            digest = hashlib.sha256(cluster_id.encode("utf-8")).hexdigest()[:8]
            names[cluster_id] = f"{letters}-{digest}"
    return names


def _wanted(only: Sequence[str] | None, ids: Sequence[str]) -> set[str]:
    if only is None:
        return {OVERVIEW, *ids}
    unknown = [name for name in only if name != OVERVIEW and name not in set(ids)]
    if unknown:
        raise UsageError("errors.cluster_unknown", value=", ".join(unknown))
    return set(only)


def _pages(
    content: SiteContent,
    gathered: Gathered,
    names: Mapping[str, str],
    wanted: set[str],
    before: Mapping[str, str],
    *,
    lang: Lang,
    single_file: bool,
    public: bool,
) -> dict[str, str]:
    """Every file of text: pages by their place in the site, and the assets they share."""
    assets = site_assets(single_file=single_file)
    facts = cluster_facts(gathered, lang)
    made = {f"assets/{name}": script for name, script in assets.files.items()}
    addresses = {
        cluster_id: f"clusters/{name}.html"
        for cluster_id, name in names.items()
        if cluster_id in wanted or f"clusters/{name}.html" in before
    }
    carried = licences(PACKAGES)
    about = {**content.facts}
    if public:
        about[text("page.public", lang)] = text("page.public_note", lang)
    title = content.title or text("page.title", lang)
    when = "" if content.as_of is None else text("page.as_of", lang, day=day(content.as_of, lang))
    if OVERVIEW in wanted:
        told = sources(content.runs, content.issues, carried, about, lang)
        island = overview_page(gathered, facts, addresses, told, lang) | _frame(
            title, when, None, _links(content, ""), lang
        )
        shell = map_shell(_switches(_OVERVIEW_GROUPS, lang), lang)
        made["index.html"] = page_html(island, shell, assets, root="", lang=lang)
    told = sources(content.runs, content.issues, carried if single_file else (), about, lang)
    shell = map_shell(_switches(_CLUSTER_GROUPS, lang), lang)
    records: list[dict[str, Any]] = facts.to_dict("records")  # type: ignore[assignment]
    for position, fact in enumerate(records):
        cluster_id = str(fact["cluster_id"])
        if cluster_id in wanted:
            subtitle = " · ".join(part for part in (cluster_id, fact["place"], when) if part)
            island = cluster_page(gathered, position, fact, told, lang) | _frame(
                str(fact["name"]), subtitle, "../index.html", _links(content, "../"), lang
            )
            page = page_html(island, shell, assets, root="../", lang=lang)
            made[f"clusters/{names[cluster_id]}.html"] = page
    return made


def _frame(
    title: str, subtitle: str, back: str | None, links: list[dict[str, str]], lang: Lang
) -> dict[str, Any]:
    """What every page's island holds besides its own."""
    return {
        "lang": lang,
        "title": title,
        "subtitle": subtitle,
        "back": back,
        "links": links,
        "words": {name: text(f"page.{name}", lang) for name in _UI_WORDS},
    }


def _links(content: SiteContent, root: str) -> list[dict[str, str]]:
    return [
        {"href": f"{root}reports/{each.name or each.path.name}", "text": each.title}
        for each in content.attachments
    ]


def _switches(groups: Sequence[str], lang: Lang) -> list[tuple[str, str, bool]]:
    return [(name, text(f"page.group_{name}", lang), True) for name in groups]


def _site_before(out: Path, *, force: bool) -> dict[str, str]:
    """The files of the site that stands in ``out``, by its ``site.json``; {} where nothing is.

    Raises UsageError (``out_not_ours``).
    """
    if not out.exists() and not out.is_symlink():
        return {}
    if not out.is_dir() or out.is_symlink():
        raise UsageError("errors.out_not_ours", path=str(out))
    try:
        head = json.loads((out / SITE_FILE).read_text(encoding="utf-8"))
        if head["generator"] == _GENERATOR:
            return {str(name): str(sha) for name, sha in head["files"].items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        pass  # no site.json of ours: what is there belongs to somebody else
    if any(out.iterdir()) and not force:
        raise UsageError("errors.out_not_ours", path=str(out))
    return {}


def _site_file(
    content: SiteContent, files: Mapping[str, bytes], kept: Mapping[str, str], *,
    lang: Lang, public: bool,
) -> bytes:  # fmt: skip
    made = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    head = {
        "generator": _GENERATOR,
        "version": __version__,
        "lang": lang,
        "public": public,
        "as_of": None if content.as_of is None else content.as_of.isoformat(),
        "runs": [run.id for run in content.runs],
        "files": dict(sorted({**kept, **made}.items())),
    }
    return (json.dumps(head, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _swap(
    out: Path, files: Mapping[str, bytes], *, before: Mapping[str, str], kept: Mapping[str, str]
) -> None:
    """Write ``files`` beside ``out``, add what stays of the folder before, and change places."""
    mark = secrets.token_hex(4)
    out.parent.mkdir(parents=True, exist_ok=True)
    draft, old = (out.with_name(f".{out.name}.{role}-{mark}") for role in ("new", "old"))
    try:
        for name, data in files.items():
            target = draft.joinpath(*PurePosixPath(name).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        if out.exists():
            _carry_over(out, draft, ours=set(before) | {SITE_FILE}, kept=set(kept))
        _change_places(out, draft, old)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _carry_over(out: Path, draft: Path, *, ours: set[str], kept: set[str]) -> None:
    """Files that others put there, and pages of ours that were not built again."""
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        target = draft / name
        if path.is_file() and not target.exists() and (name not in ours or name in kept):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)


def _change_places(out: Path, draft: Path, old: Path) -> None:
    try:
        if out.exists():
            out.rename(old)
        try:
            draft.rename(out)
        except OSError:
            if old.exists():
                old.rename(out)
            raise
    except OSError as problem:
        raise UnavailableError("errors.out_locked", path=str(out), reason=str(problem)) from problem
    shutil.rmtree(old, ignore_errors=True)
