"""The commands that go on until they are stopped: `watch` and `serve`."""

import argparse
from dataclasses import replace
from pathlib import Path

from reportgen.cli.console import Console
from reportgen.cli.ending import end_on_signals, status_of
from reportgen.cli.verbs import options_of
from reportgen.errors import UsageError


def watch(args: argparse.Namespace, console: Console) -> int:
    """Keep the site up to date as the stores change, and show it."""
    from reportgen.watch.loop import Listener, Watch

    options = options_of(args)
    publisher = None
    if args.publish_every:
        from reportgen.cli.publishing import beside_watch

        publisher = beside_watch(options, args.publish_every, console)
    server = None
    listener = Listener(console.say, lambda _paths: None)
    if args.serve:
        from reportgen.serve.server import Server

        server = Server(Path(options.output), args.host, args.port, live=True)
        listener = Listener(console.say, server.changed, server.running)
    if publisher:
        listener = replace(listener, changed=publisher.also(listener.changed))
    watch = Watch(options, listener, poll=args.poll)
    asked = end_on_signals(watch.stop)
    if server:
        console.say(f"preview: {server.url} (to be read {server.who}; Ctrl-C ends)")
    try:
        if publisher:
            publisher.start()
        watch.run()
    finally:
        if server:
            server.close()
        if publisher:
            publisher.close()
    console.say("stopped; what was written is whole")
    return status_of(asked)


def serve(args: argparse.Namespace, console: Console) -> int:
    """Show a built site in a browser."""
    from threading import Event

    from reportgen.serve.server import Server

    root = Path(args.folder or options_of(args).output)
    if not (root / "index.html").is_file():
        raise UsageError(f"no site in {root}", hint=f"reportgen build -o {root}")
    server = Server(root, args.host, args.port, live=False)
    ended = Event()
    asked = end_on_signals(ended.set)
    console.say(f"serving {root} at {server.url} (to be read {server.who}; Ctrl-C ends)")
    server.wait(ended)
    server.close()
    return status_of(asked)
