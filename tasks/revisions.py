"""The firm's files as a git revision has them, in a temporary folder; the working tree as it is.

A revision is looked up in the repository of the firm's folder. The defaults follow it where
they are in the same one. What git doesn't keep (the sources' data) is taken from the folder
as it is: a revision says other rules, not other facts.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from heliu.errors import ConfigError, Place, Problem
from tasks.firm import FILES, FOLDERS
from tasks.settings import ROOT, settings

REVISION = r"^[0-9A-Za-z_][0-9A-Za-z_./@{}~^+-]{0,199}$"  # never what git takes for an option
WORKING_TREE = "working tree"
GIT_SECONDS = 60


@dataclass(frozen=True)
class Checkout:
    """Where the files of one side are.

    Attributes:
        label: The revision, or the working tree.
        defaults: The folder of the defaults.
        firm: The firm's folder.
        shown: Folder to what errors call it.
        notes: What each folder was read from, one sentence each.
    """

    label: str
    defaults: Path
    firm: Path
    shown: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def told(self, problem: Problem) -> Problem:
        """A problem, its file called as git calls it."""
        path = problem.place.path
        for folder, name in self.shown.items():
            if path.startswith(folder):
                path = name + path.removeprefix(folder).lstrip("/")
        place = Place(path, problem.place.line, problem.place.column)
        return Problem(place, problem.says.replace("\n", " "), problem.remedy)


@contextmanager
def checkout(revision: str | None) -> Iterator[Checkout]:
    """The files of a revision, or of the working tree, as long as they are needed.

    Raises:
        ConfigError: There is no such revision, no repository, or no git.
    """
    here = settings()
    if revision is None:
        yield Checkout(WORKING_TREE, ROOT, here.firm, {})
        return
    if not re.fullmatch(REVISION, revision):
        raise _wrong(revision, "is no name of a revision", "Such as HEAD~1, main or v1.2.")
    with tempfile.TemporaryDirectory(prefix="heliu-revision-") as folder:
        yield _fill(Path(folder), revision, here.firm)


def _fill(folder: Path, revision: str, firm: Path) -> Checkout:
    repositories = {root: repository_of(root) for root in (firm, ROOT)}
    repository = repositories[firm] or repositories[ROOT]
    if repository is None:
        says = "can't be looked up: neither the firm's folder nor the defaults are in a repository"
        raise _wrong(revision, says, "Put the firm's folder under git: git init.")
    commit = commit_of(repository, revision)
    places, shown, notes = {}, {}, []
    for root, name in ((ROOT, "defaults"), (firm, "firm")):
        places[root] = root
        if repositories[root] != repository:
            notes.append(_elsewhere(name, repositories[root]))
            continue
        inside = PurePosixPath(root.resolve().relative_to(repository).as_posix())
        places[root] = folder / name
        shown[str(places[root])] = f"{revision}:{inside}/".replace(":./", ":")
        _write(repository, commit, inside, places[root])
        notes.append(f"{name}: {revision} is commit {commit[:12]}")
    if places[firm] != firm:
        _lend(firm, places[firm])
    return Checkout(revision, places[ROOT], places[firm], shown, tuple(notes))


def _elsewhere(name: str, repository: Path | None) -> str:
    why = "not under git" if repository is None else "in a repository of its own"
    whose = "the firm's folder is" if name == "firm" else "the defaults are"
    return f"{name}: {whose} {why}, so both sides read {name} as they are now"


def repository_of(folder: Path) -> Path | None:
    """The top of the repository that keeps files of this folder; None if none does.

    Raises:
        ConfigError: git isn't there, or refuses to look.
    """
    try:
        top = git(folder, "rev-parse", "--show-toplevel")
    except ConfigError as error:
        if "not a git repository" in str(error):
            return None
        raise
    kept = git(folder, "ls-files", "-z", "--", *FOLDERS, *FILES)
    return Path(top.decode().rstrip("\n")).resolve() if kept else None


def commit_of(repository: Path, revision: str) -> str:
    """The commit a revision names.

    Raises:
        ConfigError: None, in this repository.
    """
    try:
        return (
            git(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            .decode()
            .strip()
        )
    except ConfigError:
        says = "names no commit of the repository of the firm's folder"
        raise _wrong(revision, says, "`git log --oneline` lists them.") from None


def _write(repository: Path, commit: str, inside: PurePosixPath, to: Path) -> None:
    """Write the rule files of a folder at a commit; links and submodules are left out."""
    wanted = [str(inside / name) for name in (*FOLDERS, *FILES)]
    listed = git(repository, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *wanted)
    found = {}
    for line in listed.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, kind, name = about.split()
        if kind == b"blob" and mode != b"120000":
            found[os.fsdecode(path)] = name
    to.mkdir(parents=True)
    for path, content in _blobs(repository, found):
        target = to / PurePosixPath(path).relative_to(inside)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _blobs(repository: Path, names: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The contents of blobs, by one process for all of them."""
    asked = b"".join(name + b"\n" for name in names.values())
    answer = git(repository, "cat-file", "--batch", input=asked)
    at = 0
    for path in names:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[2])
        yield path, answer[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _lend(firm: Path, to: Path) -> None:
    """Let everything else of the firm's folder be found, too: sources name it."""
    for path in firm.iterdir():
        if path.name not in (*FOLDERS, *FILES, ".git"):
            (to / path.name).symlink_to(path)


def git(folder: Path, *words: str, input: bytes | None = None) -> bytes:
    """What git says, asked in a folder; a hook's GIT_ variables don't count.

    Raises:
        ConfigError: It refuses, or isn't there.
    """
    around = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603  words of our own and a checked revision
            ["git", "--literal-pathspecs", "-C", str(folder), *words],  # noqa: S607
            input=input,
            capture_output=True,
            env=around | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            timeout=GIT_SECONDS,
            check=True,
        )
    except FileNotFoundError:
        raise _wrong("git", "isn't installed", "Install git, or compare nothing.") from None
    except subprocess.TimeoutExpired:
        raise _wrong("git", f"did not answer within {GIT_SECONDS} s", "Try again.") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise _wrong("git", said[-1] if said else "refused", "") from None
    return done.stdout


def _wrong(what: str, says: str, remedy: str) -> ConfigError:
    return ConfigError([Problem(Place(what), says, remedy)])
