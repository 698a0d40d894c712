"""The least a Python program can do with a tree: read every file, or stat every file.

    python benchmarks/bare.py read|stat FOLDER

The other side of `read` and `nochange`, so nothing here is kept, parsed or printed before the end,
and nothing is imported that the interpreter has not loaded already. Prints the number of files.
"""

import os
import sys

PIECE = 64 * 1024  # larger pieces cross malloc's mmap limit, and each read then faults new pages


def read_tree(folder: str) -> int:
    """Read every file to its end and discard the bytes. Returns the number of files."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                count += read_tree(entry.path)
                continue
            descriptor = os.open(entry.path, os.O_RDONLY)
            while os.read(descriptor, PIECE):
                pass
            os.close(descriptor)
            count += 1
    return count


def stat_tree(folder: str) -> int:
    """Ask for the status of every file. Returns the number of files."""
    count = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                count += stat_tree(entry.path)
                continue
            entry.stat(follow_symlinks=False)
            count += 1
    return count


if __name__ == "__main__":
    print({"read": read_tree, "stat": stat_tree}[sys.argv[1]](sys.argv[2]))
