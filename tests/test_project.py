"""Promises about the project as a whole that no other test would notice broken.

They read the sources and start fresh interpreters; none of them knows a screen or a service.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("boxoffice", "ui", "printers", "sync")
PYTHON_FILES = sorted(path for folder in (*PACKAGES, "tests") for path in (ROOT / folder).rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

DOOR_TO_OPENCV = ROOT / "boxoffice" / "scanning" / "opencv.py"
OPENCV_WINDOWS = {"imshow", "namedWindow", "waitKey", "waitKeyEx", "pollKey", "destroyWindow", "destroyAllWindows"}

START_PATH = ("boxoffice.bootstrap", "boxoffice.__main__", "ui.app")
# Each costs more than the whole start may, or, as cv2, changes the process for all that comes after it.
TOO_HEAVY_FOR_THE_START = {
    *("PIL", "babel", "barcode", "cryptography", "cv2", "escpos", "fontTools", "fpdf", "keyring", "numpy", "pypinyin"),
    *(
        "pyzbar",
        "qrcode",
        "requests",
        "serial",
        "sqlalchemy",
        "sqlite_utils",
        "starlette",
        "uharfbuzz",
        "usb",
        "uvicorn",
    ),
    *("wcwidth", "zxingcpp"),
}

# Where packages come from and where one machine keeps things is no business of the project.
PLACES = re.compile(r"pypi\.|pythonhosted|(?<![\w.])/(?:work|tmp|root|home|opt/(?:pypi|wheels))/\w")

CONDUCT = """
import logging
import socket

def test_unannounced():
    logging.getLogger("conduct").warning("The paper is %s", "out")

def test_announced(expect_warning):
    expect_warning("paper .* out")
    logging.getLogger("conduct").warning("The paper is %s", "out")

def test_announced_in_vain(expect_warning):
    expect_warning("paper")

def test_calling_out():
    with socket.socket() as line:
        line.connect(("192.0.2.1", 80))

def test_calling_home():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as line:
        line.connect(server.getsockname())
"""


@pytest.fixture(scope="module")
def tree() -> dict[Path, ast.Module]:
    """Every file that could have to do with OpenCV."""
    texts = {path: path.read_text(encoding="utf-8") for path in PYTHON_FILES}
    words = {"cv2", *OPENCV_WINDOWS}
    return {path: ast.parse(text) for path, text in texts.items() if any(word in text for word in words)}


def test_one_module_alone_imports_opencv(tree: dict[Path, ast.Module]) -> None:
    importers = {path for path, module in tree.items() if "cv2" in set(imported_by(module))}
    assert importers == {DOOR_TO_OPENCV}


def test_opencv_never_opens_a_window(tree: dict[Path, ast.Module]) -> None:
    openers = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, module in tree.items()
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and node.attr in OPENCV_WINDOWS
    ]
    assert openers == []


@pytest.mark.parametrize("name", START_PATH)
def test_the_start_loads_nothing_heavy(name: str) -> None:
    loaded = run_python(f"import {name}, sys; print(*sys.modules)").split()
    assert name in loaded
    assert TOO_HEAVY_FOR_THE_START.intersection(loaded) == set()


def test_the_project_speaks_of_itself_alone() -> None:
    spoken = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if PLACES.search(line)
    ]
    assert spoken == []


def test_the_project_holds_no_links_which_would_lead_nowhere_on_another_machine() -> None:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [line for line in listed.splitlines() if line.startswith("120000")] == []


def test_every_dependency_is_locked_and_each_lock_has_hashes() -> None:
    blocks = re.findall(r"^(\S+?)==\S+[^\n]*((?:\n    \S.*)*)", LOCK, flags=re.MULTILINE)
    locked = {normal(name) for name, _ in blocks}
    assert {normal(name) for name in dependencies()} - locked == set()
    assert [name for name, hashes in blocks if "--hash=sha256:" not in hashes] == []
    assert len(blocks) == len(re.findall(r"^[a-z]", LOCK, flags=re.MULTILINE))


def test_the_readme_gives_a_reason_for_every_dependency() -> None:
    assert [name for name in dependencies() if normal(name) not in normal(README)] == []


def test_the_readme_only_names_make_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    named = set(re.findall(r"(?:^    |`)make ([a-z]+)", README, flags=re.MULTILINE))
    assert {"run", "test"} <= named
    assert named - targets == set()


def test_the_readme_only_names_verbs_that_exist() -> None:
    named = sorted({line.strip() for line in re.findall(r"`boxoffice ((?:[a-z]+ ?)+)", README)})
    assert {"demo", "scan", "hub serve"} <= set(named)
    code = f"""
from boxoffice.cli.main import run
for line in {named!r}:
    try:
        run([*line.split(), "--help"])
    except SystemExit as exit:
        assert exit.code == 0, line
"""
    usages = run_python(code)
    assert [line for line in named if f"usage: boxoffice {line} " not in usages] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lies on disk after a wheel of this checkout was installed; built where building leaves no traces in it."""
    folder = tmp_path_factory.mktemp("wheel")
    source, installed = folder / "source", folder / "installed"
    for name in (*PACKAGES, "assets"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(source)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(installed)
    return installed


def test_a_wheel_carries_the_whole_application_and_no_tests(wheel: Path) -> None:
    ours = {path.relative_to(ROOT) for name in (*PACKAGES, "assets") for path in files_in(ROOT / name)}
    assert {path for path in ours if not (wheel / path).exists()} == set()
    assert not (wheel / "tests").exists()


@pytest.mark.parametrize("where", ["checkout", "wheel"])
def test_assets_are_read_as_resources(where: str, request: pytest.FixtureRequest) -> None:
    code = "import importlib.resources as r; print(*(e.name for e in r.files('assets').iterdir()), sep='\\n')"
    root = ROOT if where == "checkout" else request.getfixturevalue("wheel")
    read = set(run_python(code, root).split())
    assert {path.relative_to(ROOT / "assets").parts[0] for path in files_in(ROOT / "assets")} - read == set()


def test_a_test_fails_for_a_warning_it_did_not_announce_and_for_calling_out(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_conduct.py").write_text(CONDUCT, encoding="utf-8")
    outcome = run_python(f"import pytest; pytest.main(['-rA', '-p', 'no:cacheprovider', {str(tmp_path)!r}])", tmp_path)
    blamed = dict(re.findall(r"^(?:ERROR|FAILED) \S+::(\w+) - (.*)$", outcome, flags=re.MULTILINE))
    assert set(blamed) == {"test_unannounced", "test_announced_in_vain", "test_calling_out"}
    assert "WARNING conduct: The paper is out" in blamed["test_unannounced"]
    assert "leave this machine" in blamed["test_calling_out"]


def dependencies() -> list[str]:
    """The packages that pyproject.toml asks for, as it spells them."""
    asked = PROJECT["project"]["dependencies"] + PROJECT["project"]["optional-dependencies"]["dev"]
    return [re.split(r"[\[<>=; ]", line, maxsplit=1)[0] for line in asked]


def normal(name: str) -> str:
    """One spelling for names that mean the same package."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported_by(module: ast.Module) -> Iterator[str]:
    """The top-level names a module imports, wherever in it."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


def files_in(folder: Path) -> Iterator[Path]:
    """Every file below, but not what interpreters leave behind."""
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def texts() -> Iterator[Path]:
    """Every file of the project that is text; this one excepted, which has to say what it looks for."""
    above = (ROOT / name for name in ("Makefile", "README.md", "pyproject.toml", "requirements.lock", ".gitignore"))
    below = (path for name in (*PACKAGES, "assets", "tests", ".ci") for path in files_in(ROOT / name))
    for path in (*above, *below):
        if path != Path(__file__) and b"\0" not in path.read_bytes()[:8192]:
            yield path


def run_python(code: str, root: Path = ROOT) -> str:
    """What a fresh interpreter prints that runs this code against the packages below `root`."""
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONSAFEPATH": "1", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
