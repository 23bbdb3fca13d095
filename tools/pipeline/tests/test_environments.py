from __future__ import annotations

from tools.pipeline import environments
from tools.pipeline.lists import Lists
from tools.pipeline.tests.written import workflow


def lists(secrets: dict[str, list[str]] | None = None, variables: dict[str, list[str]] | None = None) -> Lists:
    return Lists([], [], secrets or {}, variables or {})


def deploys(environment: str, reads: str, triggers: str = "{workflow_dispatch: }", more: str = "") -> str:
    steps = f"    steps:\n      - run: ship\n        env:\n          VALUE: {reads}\n"
    return f"on: {triggers}\njobs:\n  ship:\n    environment: {environment}\n{more}{steps}"


TOKEN = "${{ secrets.TOKEN }}"
ROLE = "${{ vars.ROLE }}"


def test_what_is_read_and_there_agrees():
    both = workflow(deploys("staging", f"{TOKEN} {ROLE} ${{{{ secrets.GITHUB_TOKEN }}}}"))
    assert environments.complaints([both], lists({"staging": ["TOKEN"]}, {"staging": ["ROLE"]})) == []


def test_what_an_environment_does_not_have_is_found():
    (secret,) = environments.complaints([workflow(deploys("staging", TOKEN))], lists({"production": []}))
    assert "secrets.TOKEN, which staging does not have" in secret
    (variable,) = environments.complaints([workflow(deploys("staging", ROLE))], lists({"staging": []}))
    assert "vars.ROLE, which staging does not have" in variable


def test_what_no_job_reads_is_found():
    idle = lists({"staging": ["TOKEN", "OLD"], "production": ["TOKEN"]}, {"production": ["ROLE"]})
    found = environments.complaints([workflow(deploys("staging", TOKEN))], idle)
    assert found == [
        "lists.tf: production has ROLE, and no job there reads it",
        "lists.tf: production has TOKEN, and no job there reads it",
        "lists.tf: staging has OLD, and no job there reads it",
    ]


def test_a_secret_without_an_environment_is_found():
    flow = workflow("on: push\njobs:\n  one:\n    steps:\n      - run: x\n        env: {A: '${{ secrets.TOKEN }}'}\n")
    (found,) = environments.complaints([flow], lists())
    assert "without an environment" in found


def test_a_secret_for_all_jobs_counts_for_each():
    text = deploys("staging", "x").replace("jobs:", "env: {A: \"${{ secrets['TOKEN'] }}\"}\njobs:")
    (found,) = environments.complaints([workflow(text)], lists())
    assert "secrets.TOKEN" in found


def test_an_environment_by_matrix_is_each_of_its_values():
    matrix = "    strategy: {matrix: {stage: [development], include: [{stage: staging}]}}\n"
    flow = workflow(deploys("${{ matrix.stage }}-plan", ROLE, more=matrix))
    plans = {"development-plan": ["ROLE"], "staging-plan": ["ROLE"]}
    assert environments.complaints([flow], lists(variables=plans)) == []
    del plans["staging-plan"]
    (found,) = environments.complaints([flow], lists(variables=plans))
    assert "which staging-plan does not have" in found


def test_an_environment_by_input_is_what_callers_and_people_give():
    called = workflow(
        deploys("${{ inputs.stage }}", ROLE, "{workflow_call: {inputs: {stage: {type: string}}}}"), "called.yml"
    )
    call = "jobs:\n  go:\n    uses: ./.github/workflows/called.yml\n    with: {stage: %s}\n"
    once = workflow("on: push\n" + call % "staging", "once.yml")
    choice = "on: {workflow_dispatch: {inputs: {where: {type: choice, options: [production]}}}}\n"
    chosen = workflow(choice + call % "'${{ inputs.where }}'", "chosen.yml")
    both = {"staging": ["ROLE"], "production": ["ROLE"]}
    assert environments.complaints([called, once, chosen], lists(variables=both)) == []
    (found,) = environments.complaints([called, once, chosen], lists(variables={"staging": ["ROLE"]}))
    assert "which production does not have" in found


def test_an_environment_that_nobody_can_tell_is_found():
    (found,) = environments.complaints([workflow(deploys("${{ github.ref_name }}", ROLE))], lists())
    assert "nobody can tell its environment" in found


def test_what_is_passed_on_is_read_where_it_goes():
    call = workflow("on: push\njobs:\n  go:\n    uses: ./x.yml\n    secrets: {TOKEN: '${{ secrets.TOKEN }}'}\n")
    assert environments.complaints([call], lists()) == []
