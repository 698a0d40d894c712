"""From stores to the files of a site: catalog, outputs, pages, the build loop."""
