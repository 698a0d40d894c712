"""Whatever the bytes: no viewer raises, reads without bound, or lets markup of a file through."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.render.viewers import frame_page, gallery, picture, series_of, show
from tests.markup import Elements


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ENDINGS = words(
    "png jpg gif webp avif bmp svg csv tsv json jsonl yaml md html ipynb wav mp4 pdf pkl npy "
    "safetensors bin parquet py sh sql js diff toml txt log xyz"
)
NAMES = [
    *(f"a/f.{ending}" for ending in ENDINGS),
    "MLmodel",
    "Dockerfile",
    ".hidden",
    "<b>&'\"\ud800",
]

# What formats begin with, and what leads into their depths.
PIECES = [
    *(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\xff\xc0\0\x11", b"GIF89a", b"RIFF1234WEBPVP8 "),
    *(
        b"BM",
        b"\0\0\0\x1cftypavif",
        b"ispe",
        b"<svg ",
        b"width='1'",
        b"%PDF-1.4\n",
        b"/Type /Pages",
    ),
    *(b"/Count 9 ", b"\x93NUMPY\1\0", b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }"),
    *(b"version https://git-lfs.github.com/spec/v1\n", b"oid sha256:", b"\nsize 1\n"),
    *(
        b'{"columns":["a"],"data":[[1,"x"]',
        b'{"cells":[{"cell_type":"code","source":"x","outputs":[',
    ),
    *(b'{"cells":[{"cell_type":"markdown","source":["*x*"]}', b'{"data":{"image/png":"QQ=="}}'),
    *(b"{", b"}", b"[", b"]", b":", b",", b'"', b'"k":', b"1", b"-", b"NaN", b"null", b"\\ud800"),
    *(
        b"\n",
        b"\r",
        b"\t",
        b" ",
        b"\0",
        b"\x1b[1m",
        b"\xc3",
        b"\xa9",
        b"\xff\xfe",
        b"a",
        b"'",
        b";",
    ),
    *(b"- ", b"k: ", b"&a ", b"*a ", b"!!python/object:os.system ", b"? ", b"|\n", b"---\n", b"#"),
    *(
        b"<script>x</script>",
        b"<b onclick=x>",
        b"</pre>",
        b"</td>",
        b"&lt;",
        b"```\n",
        b"| a |\n|-|",
    ),
    *(b"def f():\n", b"'''", b"/*", b"--", b"$(", b"<<E\n"),
]
BODIES = st.one_of(
    st.binary(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join),
    st.tuples(st.sampled_from(PIECES), st.binary(max_size=200)).map(b"".join),
)

TAGS = words(
    "a abbr b blockquote br code dd details div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i "
    "iframe img kbd li ol p pre q s small span strong sub summary sup table tbody td th thead tr "
    "ul video audio section del ins"
)
ATTRIBUTES = words(
    "align alt aria-hidden aria-label class controls decoding height href loading open preload "
    "rel role sandbox scope src start tabindex title width"
)
KINDS = words("image table tree text markdown page notebook audio video file")


def check(html: str) -> None:
    """Raise where a fragment holds more than the viewers themselves put into it."""
    assert html.encode()
    for tag, attributes in Elements(html).found:
        assert tag in TAGS
        assert attributes.keys() <= set(ATTRIBUTES)
        assert "javascript:" not in attributes.get("href", "")
        assert tag != "iframe" or attributes["sandbox"] == ""


@given(st.sampled_from(NAMES), BODIES, st.sampled_from(["", "artifacts/f.txt"]))
@settings(max_examples=600)
def test_any_bytes_under_any_name_are_shown(path: str, body: bytes, href: str) -> None:
    reads: list[int] = []

    def read(limit: int) -> bytes:
        reads.append(limit)
        return body[:limit]

    found = show(path, len(body), read, href)
    check(found.html)
    found.note.encode()
    assert found.kind in KINDS
    assert show(path, len(body), read, href) == found
    assert max(reads, default=0) <= (8 << 20) + 1
    picture(path, len(body), read, href)


@given(st.sampled_from(["a.html", "b.svg"]), BODIES)
@settings(max_examples=100)
def test_any_bytes_are_framed(path: str, body: bytes) -> None:
    page = frame_page(path, body).decode()
    tags = [tag for tag, _ in Elements(page).found]
    assert tags[-1] == ("iframe" if path == "a.html" else "img")
    assert len(tags) == (11 if path == "a.html" else 9)


@given(st.lists(st.text(alphabet="ab01_-+%~./#", max_size=12).map(lambda name: f"{name}.png")))
@settings(max_examples=100)
def test_no_image_is_in_two_series(paths: list[str]) -> None:
    unique = list(dict.fromkeys(paths))
    found = [frame.path for series in series_of(unique) for frame in series.frames]
    assert len(found) == len(set(found))
    assert set(found) <= set(unique)
    assert gallery([]) == ""
