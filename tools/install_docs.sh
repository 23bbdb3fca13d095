#!/bin/sh
# What builds the site of the documents: mkdocs-material in .venv/docs, and Mermaid below it, by npm, which draws the diagrams.
# Safe to repeat and to interrupt. What cannot be had is said here; `make docs` then fails, since a site without it is not the site.
set -eu
cd "$(dirname "$0")/.."
home=.venv/docs

sh tools/install_environment.sh docs || {
  echo "NOT INSTALLED: mkdocs-material. The site of the documents is not built here." >&2
  exit 0
}
mkdir -p $home/npm
cp tools/documents/npm/package*.json $home/npm
(cd $home/npm && npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --silent) || {
  echo "NOT INSTALLED: Mermaid. It takes npm, of Node 20 or newer. The site of the documents is not built here." >&2
  exit 0
}
touch .venv/.docs-ready
