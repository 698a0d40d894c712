"""The config file that `reportgen init` writes."""


def sample_config() -> str:
    """A commented config file, in which every line is a default."""
    return _SAMPLE


_SAMPLE = """\
# reportgen.toml: what `reportgen build` does. Every line below shows a default.
# docs/configuration.md explains each key; command-line options win over this file.

[site]
# title = "Experiments"
# url = ""                  # where the site will stand, e.g. "https://me.github.io/coffee/"
# robots = "index"          # "noindex": search engines are asked to leave the site out
# refresh = "0s"            # how often an open page looks for a newer one, e.g. "30s"; "0s" = never

[build]
# store = "mlruns"          # or a list: ["mlruns", "../other/mlruns"]
# output = "site"
# theme = "default"         # a name, or a folder with a theme.toml
# experiments = []          # names; empty = all
# filter = ""               # MLflow's search syntax, e.g. "metrics.val_rmse < 0.4"
# deleted = false           # true: show what the store has deleted, too
# jobs = 0                  # processes; 0 = one for each core
# strict = false            # true: exit status 1 for problems and findings

[metrics]
# roles = {}                # what a metric was measured on, e.g. { "rmse" = "val" }
# direction = {}            # whether more is better, e.g. { "score" = "higher" }
# primary = []              # what runs are ranked by, e.g. "val_rmse"; empty = found by name
# allow_test_ranking = ""   # a reason to rank by a test metric all the same; it is shown

[runs]
# seed_params = []          # what only chooses the dice, e.g. ["seed", "init_*"]; empty = by name
# stalled_after = "30m"     # a running run that was silent for longer is marked; "0s" = none
# baseline = []             # what runs are compared with, e.g. ["coffee:best", "first try"]

[failures]
# rule = []                 # e.g. [{ name = "out of memory", match = "CUDA out of memory|Killed" }]

[findings]
# accept = {}               # e.g. { RG302 = "reason", "coffee-quality/RG303" = "reason" }

[heldout]
# mode = "aside"            # test results: "aside", "sealed" (in no file) or "open"
# max_looks = 10            # at one test set; more of them are pointed out
# n = {}                    # rows of a test set, e.g. { "digits_test" = 1000 }
# ledger = ""               # where looks are counted; empty = heldout-ledger.jsonl, to commit

[privacy]
# public = false            # true: every build is redacted, as with --public and in `publish`
# redact = []               # more that is private: regular expressions, e.g. ["ACME-\\d+"]
# keep = []                 # what may stay: "user", "home", "host", "email"
# allow = []                # parameters and tags that hold nothing private, e.g. ["*_token"]

[gate]
# rule = []                 # e.g. [{ metric = "val_loss", worse_by = "2 %", than = "baseline" }]

[artifacts]
# max_file = "5 MiB"        # larger artifacts are listed, not copied
# max_run = "50 MiB"        # of one run, in all

[publish]
# remote = ""               # of git: a name or an address; empty = origin, or the only one
# branch = "gh-pages"
# folder = ""               # where the public edition is built; empty = output + "-public"
# cname = ""                # a host of your own, e.g. "runs.example.org"
# max_size = "1 GB"         # more is not sent; GitHub Pages takes no more
# keep_history = false      # true: each publish adds a commit; else the branch has one commit
"""
