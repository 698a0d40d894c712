"""What is private, by the form of a text: tokens of known services, and what names of keys tell.

A rule looks for a fixed text first and for its pattern only there, so that a file is gone through
in time that grows with its size: what comes after the fixed text is bounded, or is one class of
letters that cannot begin again within itself.

Sources of the formats: AWS, "IAM identifiers" (AKIA and ASIA, 16 letters more); GitHub, "Behind
GitHub's new authentication token formats" (ghp_ gho_ ghu_ ghs_ ghr_, github_pat_); GitLab, "Token
overview" (glpat- and its kin); Hugging Face, "User access tokens" (hf_); Slack, "Token types" (xox,
xapp); RFC 7519 (JWT); RFC 7468 (PEM); RFC 3986, 3.2.1 (user information of addresses); RFC 6750
(Bearer); Google, "API keys" (AIza) and OAuth (ya29., GOCSPX-); Azure, "Connection strings"
(AccountKey) and "Shared access signatures" (sig); Databricks, "Personal access tokens" (dapi);
Stripe, "API keys" (sk_live_); npm and PyPI, "API tokens" (npm_, pypi-); SendGrid (SG.); OpenAI and
Anthropic show theirs as sk-proj-, sk-ant- and sk- with 48 letters.
"""

import re
from typing import TypeAlias

from reportgen.values import frozen

# Where a token may begin: not within a word, but after an escaped line end or a quoted sign.
_BEGIN = r"(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf])|(?<=%[0-9A-Fa-f]{2}))"
Needles: TypeAlias = tuple[str, ...]


def _each(text: str) -> Needles:
    return tuple(text.split())


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


@frozen
class Rule:
    """A form of a secret: `pattern` is tried where one of the `needles` stands, from its start."""

    needles: Needles
    pattern: re.Pattern[str]  # its first group, if any, is what is secret; else all of it


def _token(needles: str, rest: str) -> Rule:
    """A token that begins with one of some texts."""
    found = tuple(needles.split())
    starts = "|".join(map(re.escape, found))
    return Rule(found, re.compile(f"{_BEGIN}(?:{starts}){rest}"))


TOKENS = (
    _token("AKIA ASIA ABIA ACCA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _token("ghp_ gho_ ghu_ ghs_ ghr_", r"[A-Za-z0-9]{30,}"),
    _token("github_pat_", r"\w{30,}"),
    _token("glpat- gloas- gldt- glrt- glcbt- glptt- glft- glimt- glagent-", r"[\w.-]{18,}"),
    _token("hf_ api_org_", r"[A-Za-z0-9]{30,}"),
    _token("sk-proj- sk-svcacct- sk-admin- sk-ant- sk-or-v1-", r"[\w-]{16,}"),
    _token("sk-", r"[A-Za-z0-9]{32,}"),
    _token("sk_live_ sk_test_ rk_live_ rk_test_", r"[A-Za-z0-9]{16,}"),
    _token("xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xapp-", r"[\w.-]{10,}"),
    _token("hooks.slack.com/services/", r"[\w/]{20,}"),
    _token("eyJ", r"[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
    _token("AIza", r"[\w-]{35,}"),
    _token("ya29.", r"[\w-]{20,}"),
    _token("GOCSPX-", r"[\w-]{20,}"),
    _token("dapi", r"[0-9a-f]{32,}(?:-\d)?"),
    _token("npm_", r"[A-Za-z0-9]{36,}"),
    _token("pypi-", r"[\w-]{50,}"),
    _token("SG.", r"[\w-]{16,}\.[\w-]{16,}"),
    Rule(("AccountKey=", "SharedAccessKey="), re.compile(r"\w+=([\w+/%-]{20,}={0,2})")),
    Rule(("sig=",), re.compile(r"(?<=[?&;])sig=([\w%+/=-]{20,})")),
    Rule(
        ("Bearer ", "bearer ", "Basic ", "basic "),
        re.compile(r"(?<![A-Za-z])\w+ {1,4}((?=[A-Za-z._~+/-]{0,40}\d)[\w.~+/-]{16,}={0,2})"),
    ),
)

# `://user:password@`, and a long name without a password, which then is a token.
USER_INFO = re.compile(r"://([^\s/@:\"'<>\\]{0,100}:[^\s/@\"'<>\\]{1,300}|[\w.~%-]{20,300})@")
SCHEMES_OF_USERS = words(
    "http https ssh git git+http git+https git+ssh ftp ftps sftp svn postgres postgresql "
    "mysql mongodb mongodb+srv redis rediss amqp amqps mssql oracle snowflake clickhouse ldap "
    "ldaps smtp smtps mysql+pymysql postgresql+psycopg2 postgresql+psycopg mssql+pyodbc "
    "sqlite"
)

# Before keys and values that are told from the rest of a text.
HINTS: Needles = _each(
    "passw passphrase pwd secret token apikey api_key api-key accesskey access_key access-key "
    "accountkey account_key privatekey private_key private-key signing_key ssh_key credential "
    "authorization auth_key authkey user author owner host nodename node_name nodelist fqdn "
    "login submitted_by created_by workspaceurl machine_name computername master_addr"
)

# Keys in which one of these stands hold secrets, their words written together.
SURE = _each(
    "passw passphrase secret apikey privatekey accesskey accountkey signingkey sshkey "
    "encryptionkey subscriptionkey authkey credential authtoken accesstoken apitoken "
    "refreshtoken bearertoken sastoken"
)

# A key that ends so tells where or how, and not what: password_file, token_count, secret_name.
HARMLESS_ENDS = words(
    "file path dir name names url uri env var variable type kind count counts len length "
    "limit budget id ids size ratio rate index idx mode scope method policy required enabled "
    "provider manager hash digest field column col style dim dropout level per s sec second"
)
TOKEN_OF = words(
    "access auth api bearer refresh hf huggingface hub github gitlab gh gl git wandb mlflow "
    "databricks slack bot session csrf personal deploy security service jwt oauth oauth2 "
    "azure aws gcp google tracking neptune comet dagshub clearml npm pypi user login openai "
    "kaggle"
)
USER_KEYS = words(
    "user username user_name author authors owner creator created_by login logname submitter "
    "submitted_by operator run_by started_by logged_in_user"
)
HOST_KEYS = words(
    "host hostname host_name node nodename node_name nodelist node_list slurmd_nodename "
    "slurm_nodelist slurm_job_nodelist slurm_submit_host slurm_launch_node_ipaddr master_addr "
    "machine_name computer computername computer_name fqdn server_name workspaceurl "
    "workspace_url webappurl ip ip_address ipaddr host_ip"
)

# Accounts that everybody has, and names that are words of the field: private as the name of a
# folder at the most, and never looked for in other texts.
NO_NAMES = words(
    "root admin administrator user users username ubuntu debian centos fedora runner jovyan "
    "vscode unknown none null mlflow databricks spark hadoop airflow jenkins gitlab github "
    "docker default nobody system service app apps test tests tester guest public shared home "
    "work worker data local python conda git daemon codespace codespaces coder dev developer "
    "build builder deploy ec2-user ssm-user sagemaker-user azureuser opc pi www-data ray dask "
    "hive hdfs yarn livy model models train training trainer val validation eval run runs "
    "experiment experiments adam adamw nadam radam lars lamb lion sam sgd ada adagrad sophia "
    "shampoo max min mean sum bert roberta albert elmo ernie gpt claude llama alpaca vicuna "
    "mistral gemma phi falcon bloom resnet vgg clip dino mae iris titanic boston mnist linear "
    "ridge lasso auto best last first new old true false yes no and the for not all any "
    "redacted secret email host text password"
)
