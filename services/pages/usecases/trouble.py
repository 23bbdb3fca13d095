"""Pages in the place of one that cannot be shown."""

from __future__ import annotations

from chassis.problems import Problem
from pages.visit import Page, Visit


def missing(visit: Visit) -> Page:
    """There is nothing at the address."""
    t = visit.t
    values = {
        "heading": t("There is nothing here"),
        "text": t("The address is not quite right, or what was here is gone."),
        "way": t("See what is here"),
    }
    return Page("state.html", t("Nothing here"), values, page="missing", indexed=False, status=404)


def gone(visit: Visit) -> Page:
    """What the page was about is not sold any more."""
    t = visit.t
    values = {
        "heading": t("This is gone"),
        "text": t("What was at this address is not sold any more."),
        "way": t("See what is here"),
    }
    return Page("state.html", t("This is gone"), values, page="gone", indexed=False, status=410)


def trouble(visit: Visit, problem: Problem) -> Page:
    """It did not work: the status says whose fault it is, and the text what to do."""
    t = visit.t
    texts = {
        422: t("This address asks for something that a list cannot show. Please begin with the whole list."),
        429: t("There were very many requests from your connection. Please wait a moment, then load the page again."),
    }
    otherwise = t("The shop does not answer at the moment. Please load the page again in a few seconds.")
    values = {
        "heading": t("That did not work"),
        "text": texts.get(problem.status, otherwise),
        "way": t("See all products"),
    }
    headers = {name: value for name, value in problem.headers.items() if name.lower() == "retry-after"}
    return Page(
        "state.html",
        t("Something went wrong"),
        values,
        page="trouble",
        indexed=False,
        status=problem.status,
        headers=headers,
    )
