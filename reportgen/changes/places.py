"""Where the pages that a summary names stand on the web."""

from reportgen.values import frozen


@frozen
class Places:
    """Where pages stand on the web; "" where nothing is known of it."""

    url: str  # of this site
    base: str  # of the base
    in_base: frozenset[str]  # the pages that the base has

    def of(self, path: str, page: str) -> str:
        """The address of a path of the site, `page` being the run or experiment it is about."""
        root = self.url or (self.base if page in self.in_base else "")
        return f"{root.removesuffix('index.html').rstrip('/')}/{path}" if root else ""

    def run(self, page: str) -> str:
        """The address of a run."""
        return self.of(f"runs/{page}/index.html", page)

    def experiment(self, slug: str) -> str:
        """The address of an experiment."""
        return self.of(f"experiments/{slug}/index.html", slug)
