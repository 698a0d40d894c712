"""What is private is found in texts by its form and by its key; numbers, ids and code are not."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.redaction import Redactor
from reportgen.analysis.redaction_config import KEEPABLE, Privacy, mark_of, read_privacy
from reportgen.errors import ConfigError

NAMES = ("marlowe", "jane.doe", "zoë")
REDACTOR = Redactor(Privacy(), NAMES)
Z = "Zz9" * 20

TOKENS = (
    "AKIA" + "Q7ZX" * 4,
    "ghp_" + Z[:36],
    "github_pat_" + Z[:22] + "_" + Z[:59],
    "glpat-" + Z[:20],
    "hf_" + Z[:34],
    "sk-proj-" + Z,
    "sk-ant-api03-" + Z,
    "sk-" + Z[:48],
    "sk_live_" + Z[:24],
    "xoxb-123456789012-" + Z[:24],
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + Z[:43],
    "AIza" + Z[:35],
    "ya29." + Z,
    "dapi" + "0a1b2c3d" * 4,
    "npm_" + Z[:36],
    "pypi-AgEI" + Z,
    "SG." + Z[:22] + "." + Z[:43],
)
PRIVATE = (
    ("/home/ana/p/train.py", "~/p/train.py"),
    ("file:///home/ana/mlruns/1", "file://~/mlruns/1"),
    ("/mnt/nfs/home/ana/data", "~/data"),
    ("/Users/ana/p", "~/p"),
    ("dbfs:/Users/ana@lab.org/nb", "dbfs:~/nb"),
    ("C:\\Users\\Ana Lee\\x.py", "~\\x.py"),
    ('{"p": "C:\\\\Users\\\\ana\\\\x"}', '{"p": "~\\\\x"}'),
    ("hdfs://nn/user/ana/x", "hdfs://nn/~/x"),
    ("%2Fhome%2Fana%2Fx", "~%2Fx"),
    ("PATH=/usr/bin:/home/ana/bin", "PATH=/usr/bin:~/bin"),
    ("in ~ana/x", "in ~/x"),
    ("it lies in /home/ana.", "it lies in ~."),
    ("ask ana@lab.org.", "ask redacted (email)."),
    ("mail=ana%40lab.org", "mail=redacted (email)"),
    ("gpu1.corp.internal:80", "redacted (host):80"),
    ("http://gpu.lan/x", "http://redacted (host)/x"),
    ("Anas-MacBook.local", "redacted (host)"),
    ("tcp://10.0.0.5:5000", "tcp://redacted (host):5000"),
    ("at 192.168.1.20", "at redacted (host)"),
    ("https://u:p@h.org/x", "https://redacted@h.org/x"),
    ("https://ana@h.org/x", "https://redacted@h.org/x"),
    ("postgres://u:p%40x@db/x", "postgres://redacted@db/x"),
    ("by Marlowe, with jane.doe", "by redacted (user), with redacted (user)"),
    ("a\\nmarlowe_bert", "a\\nredacted (user)_bert"),
    ("zoë", "redacted (user)"),
    ("x --password hunter2 y", "x --password redacted (secret) y"),
    ("x --api-key=abc y", "x --api-key=redacted (secret) y"),
    ("DB_PASSWORD=hunter2", "DB_PASSWORD=redacted (secret)"),
    ("password: 'a b'", "password: 'redacted (secret)'"),
    ('{"secret": "a\\"b"}', '{"secret": "redacted (secret)"}'),
    ('"api_key = \\"abc\\"\\n"', '"api_key = \\"redacted (secret)\\"\\n"'),
    ("<password>hunter2</password>", "<password>redacted (secret)</password>"),
    ('["--token", "abcd1234"]', '["--token", "redacted (secret)"]'),
    ("Authorization: Bearer abcdef0123456789", "Authorization: Bearer redacted (secret)"),
    ('{"user": "bob", "n": 1}', '{"user": "redacted (user)", "n": 1}'),
    ("author: Bob Roe\nn: 1", "author: redacted (user)\nn: 1"),
    ('"owner: bob\\n"', '"owner: redacted (user)\\n"'),
    ("- password: swordfish", "- password: redacted (secret)"),
    (
        "login(user='bob', password='pw')",
        "login(user='redacted (user)', password='redacted (secret)')",
    ),
    ("x --user bob --n 2", "x --user redacted (user) --n 2"),
    ("ran on host=gpu7 user=bob", "ran on host=redacted (host) user=redacted (user)"),
    ("hostname: node7", "hostname: redacted (host)"),
)
CLEAN = (
    "https://example.org/home/ana",
    "git@github.com:lab/project.git",
    "models:/coffee@champion",
    "mAP@0.5:0.95 and recall@10",
    "@types/node and @app.route",
    "q@k.transpose(0, 1)",
    "image@2x.png",
    "threading.local()",
    "self.local = 3",
    "nvidia-curand-cu12==10.3.2.106",
    "- libcurand=10.3.2.106",
    "version 10.1.243.0",
    "tokenizer = AutoTokenizer.from_pretrained(name)",
    "eos_token_id: 2, pad_token='<pad>', max_tokens=512",
    "password = getpass()",
    "api_key = os.environ['API_KEY']",
    "def login(password: str, token: Optional[str] = None)",
    "api_key=api_key",
    "    secret: Optional[_builtins.str]\n    token: str | None = None",
    'headers = {"Authorization": f"Bearer {key}"}',
    "the password: what nobody should write down",
    "# Authors: The scikit-learn developers",
    "connect(host=name, user=me)",
    "from google.protobuf.internal import builder",
    "user_id, item_id, rating",
    "n_users: 943",
    "the host of the party, the author of it",
    "optimizer=adam",
    "malice and marlowes",
    "task-preprocess-the-whole-data-set-2024",
    "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "d9428888-122b-11e1-b85c-61cd3cbb3210",
    "runs:/0a1b2c3d4e5f60718293a4b5c6d7e8f9/model",
    "s3://bucket/key/model.pkl",
    "",
    "~/project/train.py",
)
PARAMS = (
    ("hidden_size", "512"),
    ("optimizer", "adamw"),
    ("tokenizer", "bert-base-uncased"),
    ("max_tokens", "4096"),
    ("num_tokens", "1000000"),
    ("pad_token", "<pad>"),
    ("cls_token", "[CLS]"),
    ("token_type", "word"),
    ("secret_size", "32"),
    ("use_auth", "True"),
    ("api_key_file", "/run/secrets/key"),
    ("password", "None"),
    ("author_weight", "0.5"),
    ("node", "3"),
    ("host", "localhost"),
    ("machine", "x86_64"),
    ("dataset.digest", "bbf32bd3"),
    ("mlflow.source.git.commit", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
    ("mlflow.parentRunId", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
    ("user", "None"),
)
KEYED = (
    ("hf_token", "abc", "secret"),
    ("token", "x1y2z3", "secret"),
    ("access_token", "abc", "secret"),
    ("db.password", "12345678", "secret"),
    ("WANDB_API_KEY", "5f4dcc3b5aa765d61d8327deb882cf99aabbccdd", "secret"),
    ("aws_secret_access_key", "x/y+z", "secret"),
    ("clientSecret", "abc", "secret"),
    ("credentials", "abc", "secret"),
    ("session_cookie", "a1b2c3d4e5f6a7b8c9", "secret"),
    ("mlflow.user", "bob", "user"),
    ("author", "Bob Roe", "user"),
    ("SLURMD_NODENAME", "gpu07", "host"),
    ("hostname", "gpu07", "host"),
    ("mlflow.databricks.workspaceURL", "dbc.cloud.example", "host"),
)


@pytest.mark.parametrize("token", TOKENS)
def test_tokens_of_services_are_found_by_their_form(token: str) -> None:
    for text in (token, f"x = '{token}'", f'{{"a": "b\\n{token}"}}', f"https://h/?a=1&k%3D{token}"):
        taken, kinds = REDACTOR.text(text)
        assert token not in taken
        assert kinds == {"secret"}


@pytest.mark.parametrize(("text", "taken"), PRIVATE)
def test_what_is_private_is_taken_out_of_a_text(text: str, taken: str) -> None:
    assert REDACTOR.text(text)[0] == taken


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert REDACTOR.text(text) == (text, frozenset())
    assert REDACTOR.mask(text.encode()) == (text.encode(), frozenset())


@pytest.mark.parametrize(("key", "value"), PARAMS)
def test_common_parameters_and_tags_stay(key: str, value: str) -> None:
    assert REDACTOR.value(key, value) == (value, frozenset())


@pytest.mark.parametrize(("key", "value", "kind"), KEYED)
def test_a_key_tells_that_its_value_is_private(key: str, value: str, kind: str) -> None:
    assert REDACTOR.value(key, value) == (mark_of(kind), frozenset((kind,)))


def test_a_private_key_is_taken_out_whole() -> None:
    text = f"-----BEGIN RSA PRIVATE KEY-----\n{Z}\n{Z}\n-----END RSA PRIVATE KEY-----\nafter"
    taken, kinds = REDACTOR.text(text)
    assert Z[:8] not in taken
    assert taken.endswith("after")
    assert kinds == {"secret"}
    assert REDACTOR.mask(text.encode())[0].count(b"\n") == text.count("\n")
    assert Z[:8] not in REDACTOR.text(text[:60])[0]  # cut short


def test_masked_data_stay_readable_and_as_long() -> None:
    plain = {"user": "marlowe", "path": "/home/ana/x", "token": "ghp_" + Z[:36], "n": [1, 2.5]}
    body = json.dumps(plain).encode()
    masked, kinds = REDACTOR.mask(body)
    assert len(masked) == len(body)
    assert json.loads(masked) == {
        "user": "xxxxxxx",
        "path": "/home/xxx/x",
        "token": "redacted-secret-" + "x" * 24,
        "n": [1, 2.5],
    }
    assert kinds == {"user", "home", "secret"}


@pytest.mark.parametrize("code", ["utf-8", "latin-1", "utf-16", "utf-16-le"])
def test_bytes_are_masked_in_any_coding_of_texts(code: str) -> None:
    text = "zoë and marlowe at /home/ana/x"
    body = text.encode(code)
    if code == "utf-16-le":
        body = b"\xff\xfe" + body
    masked, _ = REDACTOR.mask(body)
    assert len(masked) == len(body)
    assert b"marlowe" not in masked.replace(b"\0", b"")
    assert b"zo" not in masked.replace(b"\0", b"")


def test_a_byte_too_many_hides_nothing_in_wide_texts() -> None:
    body = "marlowe at /home/ana/x".encode("utf-16") + b"!"
    masked, kinds = REDACTOR.mask(body)
    assert (len(masked), masked[-1:]) == (len(body), b"!")
    assert {"user", "home"} <= kinds
    assert b"marlowe" not in masked.replace(b"\0", b"")


def test_names_of_accounts_that_everybody_has_are_left_in_texts() -> None:
    redactor = Redactor(Privacy(), ("root", "adam", "ubuntu", "ml", "1001"))
    text = "root, adam, ubuntu, ml, 1001"
    assert redactor.text(text)[0] == text
    assert redactor.value("user", "adam")[0] == "redacted (user)"


def test_many_names_are_found_as_few_are() -> None:
    redactor = Redactor(Privacy(), [f"person{number}x" for number in range(300)] + ["jane.doe"])
    assert redactor.text("person7x met jane.doe, not person7xy")[0] == (
        "redacted (user) met redacted (user), not person7xy"
    )


@pytest.mark.parametrize("kind", KEEPABLE)
def test_a_kind_that_may_stay_stays(kind: str) -> None:
    texts = {
        "user": ("user", "bob"),
        "home": ("x", "/home/ana/y"),
        "host": ("x", "gpu1.corp.internal"),
        "email": ("x", "ana@lab.org"),
    }
    redactor = Redactor(read_privacy((), (kind,), ()))
    for other, (key, value) in texts.items():
        assert (redactor.value(key, value)[0] == value) == (other == kind)


def test_allowed_keys_keep_their_values_and_own_patterns_are_looked_for() -> None:
    redactor = Redactor(read_privacy((r"ACME-\d+", "blue"), (), ("*_token",)))
    assert redactor.value("hf_token", "abc") == ("abc", frozenset())
    assert redactor.text("see ACME-12 in blue")[0] == "see redacted (text) in redacted (text)"
    assert redactor.value("api_key", "abc")[0] == "redacted (secret)"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"patterns": ["ok", "a("]}, "pattern 2, 'a(', cannot be read: missing ), unterminated"),
        ({"patterns": ["(a+)+"]}, "may take for ever"),
        ({"patterns": ["a*"]}, "fits an empty text"),
        ({"keep": ["secret"]}, "secrets cannot be kept"),
        ({"keep": ["names"]}, "'names' is no kind"),
    ],
)
def test_a_table_that_means_nothing_is_an_error(table: dict[str, list[str]], said: str) -> None:
    with pytest.raises(ConfigError, match="privacy") as error:
        read_privacy(table.get("patterns", ()), table.get("keep", ()), ())
    assert said in str(error.value)


PIECES = (*TOKENS, *(text for text, _ in PRIVATE), *CLEAN, *"\"'\\/@:=.,~%-_ \n\r\0é")
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=8).map("".join)
KEYS = st.sampled_from(("x", "password", "hf_token", "user", "hostname", "mlflow.note.content"))


@given(KEYS, TEXTS)
def test_redaction_is_idempotent_on_any_text(key: str, text: str) -> None:
    once, kinds = REDACTOR.value(key, text)
    assert REDACTOR.value(key, once) == (once, frozenset())
    assert bool(kinds) == (once != text)


@given(st.one_of(TEXTS.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=400)))
def test_masking_any_bytes_keeps_their_length_and_is_idempotent(body: bytes) -> None:
    masked, _ = REDACTOR.mask(body)
    assert len(masked) == len(body)
    assert REDACTOR.mask(masked)[0] == masked


@given(
    st.one_of(
        st.integers().map(str),
        st.floats().map(repr),
        st.binary(min_size=16, max_size=20).map(bytes.hex),
        st.binary(min_size=32, max_size=32).map(bytes.hex),
        st.uuids().map(str),
        st.dates().map(str),
    )
)
def test_numbers_ids_commits_and_digests_stay(text: str) -> None:
    for key in ("x", "run_id", "mlflow.source.git.commit", "lr"):
        assert REDACTOR.value(key, text) == (text, frozenset())


@pytest.mark.parametrize(
    "piece",
    [
        "a", "token=", "password:\"", "/home/", "~a/", "@", "a@a.", "://a:", "eyJ", "sk-", "10.0.",
        "-----BEGIN PRIVATE KEY-----", "\\Users\\", ".local", "user=", "%2Fhome%2F", "marlowe",
        "Bearer ", "\\\\", "a.a.", " ", "\n",
    ],
)  # fmt: skip
def test_time_grows_with_the_length_of_a_text(piece: str) -> None:
    def cost(size: int) -> float:
        body = (piece * (size // len(piece) + 1))[:size].encode()
        start = time.process_time()
        REDACTOR.mask(body)
        return time.process_time() - start

    # Quadratic time never is so short; linear time may be longer once, when the collector runs.
    assert any(cost(40_000) < 0.05 + 12 * cost(10_000) for _ in range(5))
