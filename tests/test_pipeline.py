# SPDX-License-Identifier: GPL-2.0-or-later
"""The templates for pipelines: what their jobs run, in the shell that they would run in."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

import dsmipgen
from dsmipv4_tshark import BUILD, ROOT, TIMEOUT

CI = ROOT / "packaging" / "ci"
REPORTS = {"report.xml", "report.html", "report.json"}


@pytest.fixture(scope="module", name="lab")
def fixture_lab(tmp_path_factory):
    """A folder with a conformant and a broken capture, and the programs in PATH."""
    folder = tmp_path_factory.mktemp("pipeline")
    (folder / "bin").mkdir()
    (folder / "bin" / "dsmipcheck").symlink_to(BUILD / "check" / "dsmipcheck")
    # A pipeline's tshark has the plugin installed; this one takes it from the build, as root, too.
    (folder / "bin" / "tshark").symlink_to(ROOT / "tools" / "tshark.sh")
    for name in ("coa_mode", "prefix_bits"):
        shutil.copyfile(dsmipgen.write(name), folder / f"{name}.pcapng")
    return folder


def run_as_job(lab, command, **variables):
    path = f"{lab / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], cwd=lab, capture_output=True, text=True,
                          env={**os.environ, "PATH": path, "DSMIPV4_BUILD": str(BUILD), **variables}, timeout=TIMEOUT, check=False)


def judging_step():
    steps = yaml.safe_load((CI / "action.yml").read_text())["runs"]["steps"]
    return next(step for step in steps if "judge.sh" in step.get("run", ""))


@pytest.mark.parametrize("captures, more, status", [
    ("coa_mode.pcapng", {}, 0), ("*.pcapng", {}, 1), ("*.pcapng", {"DSMIPV4_OPTIONS": "--allow prefix_bits"}, 0),
    ("nothing-*.pcapng", {}, 3), ("*.pcapng", {"DSMIPV4_FAIL_ON": "fatal"}, 2)])
def test_action_judges(lab, captures, more, status):
    """Its inputs reach dsmipcheck, and its exit status the job."""
    variables = {"DSMIPV4_FAIL_ON": "warn", "DSMIPV4_REPORTS": "reports", "GITHUB_ACTION_PATH": str(CI), **more}
    shutil.rmtree(lab / "reports", ignore_errors=True)
    process = run_as_job(lab, judging_step()["run"], DSMIPV4_CAPTURES=captures, **variables)
    assert process.returncode == status, process.stderr
    written = {path.name for path in (lab / "reports").glob("*")}
    assert written == (REPORTS if status in (0, 1) else set())


def test_inputs_of_the_action():
    """Each input that is declared is used, and each that is used is declared."""
    text = (CI / "action.yml").read_text()
    inputs = yaml.safe_load(text)["inputs"]
    assert set(re.findall(r"inputs\.([a-z-]+)", text)) == set(inputs)
    assert [name for name, value in inputs.items() if value.get("required")] == ["captures"]
    names = set(re.findall(r"DSMIPV4_\w+", (CI / "judge.sh").read_text()))
    assert set(judging_step()["env"]) == names


def test_gitlab_template():
    job = yaml.safe_load((CI / "gitlab.yml").read_text())[".dsmipcheck"]
    assert set(re.findall(r"DSMIPV4_(?:FAIL_ON|OPTIONS|REPORTS)", (CI / "judge.sh").read_text())) <= set(job["variables"])
    for command in [*job["before_script"], *job["script"]]:
        for program in re.findall(r"/opt/dsmipv4/(\S+)", command):
            assert os.access(ROOT / program, os.X_OK), command
    assert job["artifacts"]["when"] == "always"


def test_command_of_the_readme(lab):
    """The line that the README gives for a pipeline works as it stands."""
    command, = re.findall(r"^    (DSMIPV4_CAPTURES=\S+ packaging/ci/judge\.sh)", (ROOT / "README.md").read_text(), re.MULTILINE)
    (lab / "lab").mkdir(exist_ok=True)
    shutil.copyfile(lab / "coa_mode.pcapng", lab / "lab" / "coa_mode.pcapng")
    process = run_as_job(lab, command.replace("packaging/", f"{ROOT}/packaging/"))
    assert process.returncode == 0, process.stderr
    assert {path.name for path in (lab / "dsmipcheck-reports").iterdir()} == REPORTS
