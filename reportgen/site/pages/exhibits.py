"""The artifacts of a run as its page shows them: which are copied, and how each is seen."""

from collections.abc import Iterator, Sequence
from functools import partial

from markupsafe import Markup

from reportgen.digest import Digest, digest_of
from reportgen.errors import AccessError
from reportgen.model import Artifact, Run
from reportgen.readers.base import Store
from reportgen.render.filters import size, url_path
from reportgen.render.viewers import Picture, Shown, frame_name, frame_page, gallery, picture, show
from reportgen.site.context import Context
from reportgen.site.links import copy_names
from reportgen.site.outputs import Output
from reportgen.spelling import plural
from reportgen.values import frozen

_SMALL = 64 << 10  # bytes
MOST_SHOWN = 60  # artifacts of one run that are shown in the page; all are listed
_MOST_HTML = 600_000  # characters of all that is shown of one run
_TOO_MANY = "not shown here, as there are many"


@frozen
class Copy:
    """An artifact that is copied into the site: from where in the store to which file."""

    artifact: Artifact
    name: str  # below `runs/<page>/artifacts/`

    @property
    def href(self) -> str:
        """The link to the file from the run's page."""
        return f"artifacts/{url_path(self.name)}"


@frozen
class Exhibit:
    """An artifact on the page; `href` is "" where it was not copied, `shown` where it is not seen.

    `why` says why it was not copied, or under which name it was where that is not its own.
    """

    path: str
    size: str
    href: str
    why: str
    shown: Markup
    note: str  # what is left out of `shown`
    is_linked: bool = False  # whether `shown` has a link to the file


@frozen
class Exhibition:
    """All artifacts of a run."""

    rows: tuple[Exhibit, ...]  # all but the pictures
    pictures: tuple[Exhibit, ...]  # that the gallery shows
    gallery: Markup
    summary: str  # "" where there is none


class Exhibits:
    """The artifacts of one run: the files to copy, and on demand what the page shows of them."""

    def __init__(self, context: Context, store: Store, run: Run) -> None:
        self._context = context
        self._store = store
        self._run = run
        self.copies = choose_copies(run.artifacts, context.max_file, context.max_run)
        self.kept: dict[str, bytes] = {}  # small files that were copied just now, to show them

    def hrefs(self) -> dict[str, str]:
        """The link to each copied artifact from the run's page, by the artifact's path."""
        return {copy.artifact.path: copy.href for copy in self.copies}

    def outputs(self, folder: str) -> Iterator[Output]:
        """The copied files, and the pages that frame what must not stand in a page of the site."""
        for copy in self.copies:
            artifact = copy.artifact
            known = self._digest(artifact)
            yield Output(f"{folder}/artifacts/{copy.name}", known, partial(self._bytes, artifact))
            framed = frame_name(artifact.path, artifact.size, copy.name)
            if framed:
                yield Output(
                    f"{folder}/frames/{framed}",
                    digest_of(known, self._context.code) if known else "",
                    partial(self._frame, artifact),
                )

    def _digest(self, artifact: Artifact) -> Digest:
        """Of what a copy depends on; "" where that cannot be told."""
        if not artifact.digest:
            return ""
        return digest_of(artifact.path, artifact.digest, self._store.edition)

    def _bytes(self, artifact: Artifact) -> bytes:
        with self._store.open_artifact(self._run, artifact.path) as file:
            body = file.read()
        if len(body) <= _SMALL:
            self.kept[artifact.path] = body
        return body

    def _frame(self, artifact: Artifact) -> bytes:
        return frame_page(artifact.path, self._bytes(artifact))

    def head_of(self, path: str, limit: int) -> bytes:
        """At most so many bytes from the start of an artifact. Raises AccessError."""
        if path in self.kept:
            return self.kept[path][:limit]
        with self._store.open_artifact(self._run, path) as file:
            return file.read(limit)

    def exhibition(self) -> Exhibition:
        """What the page shows: images together, all else by the first viewer that takes it."""
        copies = {copy.artifact.path: copy for copy in self.copies}
        rows: list[Exhibit] = []
        pictures: list[Picture] = []
        listed: list[Exhibit] = []
        room = _MOST_HTML
        for place, artifact in enumerate(self._run.artifacts):
            copy = copies.get(artifact.path)
            shown: Shown | Picture | str = "" if place < MOST_SHOWN and room > 0 else _TOO_MANY
            if not shown:
                shown = self._shown(artifact, copy.href if copy else "")
            exhibit = self._exhibit(artifact, copy, shown)
            if isinstance(shown, Picture):
                pictures.append(shown)
                listed.append(exhibit)
                continue
            room -= len(exhibit.shown)
            rows.append(exhibit)
        return Exhibition(tuple(rows), tuple(listed), gallery(pictures), self._summary())

    def _summary(self) -> str:
        artifacts = self._run.artifacts
        total = sum(artifact.size for artifact in artifacts)
        return f"{plural(len(artifacts), 'file')}, {size(total)}" if artifacts else ""

    def _shown(self, artifact: Artifact, href: str) -> Shown | Picture | str:
        """An artifact as the page shows it; as a text, why it does not."""
        about = artifact.path, artifact.size, partial(self.head_of, artifact.path), href
        try:
            return picture(*about) or show(*about)
        except AccessError as error:
            return str(error)

    def _exhibit(
        self, artifact: Artifact, copy: Copy | None, shown: Shown | Picture | str
    ) -> Exhibit:
        html, note, is_linked = Markup(), shown if isinstance(shown, str) else "", False
        if isinstance(shown, Shown):
            html, note, is_linked = shown.html, shown.note, shown.kind == "file"
        if copy is not None:
            why = "" if copy.name == artifact.path else f"copied as {copy.name.rpartition('/')[2]}"
            told = artifact.path, size(artifact.size), copy.href, why, html, note, is_linked
            return Exhibit(*told)
        limit, scope = self._context.max_run, " for one run"
        if artifact.size > self._context.max_file:
            limit, scope = self._context.max_file, ""
        why = f"not copied: over {size(limit)}{scope}"
        return Exhibit(artifact.path, size(artifact.size), "", why, html, note)


def choose_copies(artifacts: Sequence[Artifact], max_file: int, max_run: int) -> tuple[Copy, ...]:
    """The artifacts to copy: in order of path, while each and all together are small enough."""
    left = max_run
    chosen = []
    for artifact in artifacts:
        if artifact.size <= max_file and artifact.size <= left:
            chosen.append(artifact)
            left -= artifact.size
    names = copy_names(tuple(artifact.path for artifact in chosen))
    return tuple(Copy(artifact, name) for artifact, name in zip(chosen, names, strict=True))
