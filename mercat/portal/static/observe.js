// Draws the charts and lists the alerts; the portal asks Prometheus.
"use strict";

const byId = (id) => document.getElementById(id);
const PERIOD = 15000;
const DASHES = [[], [6, 4], [2, 3]];
const COLOURS = 8;
const TABLE_ROWS = 12;
const plots = new Map();
const dark = matchMedia("(prefers-color-scheme: dark)");
let last = null;
let timer = 0;
let asked = 0;

const colour = (name) => {
  // A canvas does not know light-dark(): let an element compute it.
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(--${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

const short = new Intl.NumberFormat(undefined, { notation: "compact", maximumSignificantDigits: 3 });
const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 2 });

function written(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "ratio") return percent.format(value);
  if (unit === "bytes") return value >= 1e9 ? `${short.format(value / 1e9)} GB` : `${short.format(value / 1e6)} MB`;
  if (unit === "per_second") return `${short.format(value)}/s`;
  if (unit !== "seconds") return short.format(value);
  if (value >= 1) return `${short.format(value)} s`;
  return `${value < 1e-4 ? 0 : short.format(value * 1000)} ms`;
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

function make(tag, text, className) {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function swatch(index) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 22 6");
  picture.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", "M0 3H22");
  line.setAttribute("stroke-width", "3");
  line.setAttribute("stroke-dasharray", DASHES[dash(index)].join(" "));
  line.style.stroke = `var(--line-${(index % COLOURS) + 1})`;
  picture.append(line);
  return picture;
}

const dash = (index) => Math.floor(index / COLOURS) % DASHES.length;

// The values beside the names: those below the pointer, else the last ones.
function tell(list, lines, unit, index) {
  list.querySelectorAll("b").forEach((value, number) => {
    const values = lines[number].values;
    value.textContent = written(index === null ? values.findLast((each) => each !== null) : values[index], unit);
  });
}

function table(caption, times, lines, unit) {
  const made = make("table");
  made.append(make("caption", caption, "skip"));
  const head = made.createTHead().insertRow();
  const column = (text) => {
    const cell = make("th", text);
    cell.scope = "col";
    head.append(cell);
  };
  column("Time");
  for (const { name } of lines) column(name || "all");
  const body = made.createTBody();
  const every = Math.max(1, Math.ceil(times.length / TABLE_ROWS));
  for (let index = times.length - 1; index >= 0; index -= every) {
    const row = body.insertRow();
    const time = make("th", clock(times[index]));
    time.scope = "row";
    row.append(time);
    for (const { values } of lines) row.insertCell().textContent = written(values[index], unit);
  }
  return made;
}

function options(chart, list, lines, unit) {
  const ink = colour("soft");
  const grid = { stroke: colour("line"), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid, font: "12px system-ui, sans-serif" };
  return {
    width: chart.clientWidth,
    height: chart.clientHeight,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      y: { range: (_plot, least, most) => [Math.min(0, least * 1.08), most > 0 ? most * 1.08 : least < 0 ? 0 : 1] },
    },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map(clock), space: 70 },
      { ...axis, values: (_plot, ticks) => ticks.map((tick) => written(tick, unit)), size: 66, space: 35 },
    ],
    series: [
      {},
      ...lines.map(({ name }, index) => ({
        label: name,
        stroke: colour(`line-${(index % COLOURS) + 1}`),
        width: 2,
        dash: DASHES[dash(index)],
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => tell(list, lines, unit, cursor.idx ?? null)] },
  };
}

function draw(section, times, lines) {
  const { unit } = section.dataset;
  const chart = section.querySelector(".plot");
  const list = section.querySelector(".lines");
  plots.get(section.id)?.destroy();
  plots.delete(section.id);
  section.classList.toggle("none", !lines.length);
  list.replaceChildren(
    ...lines.map(({ name }, index) => {
      const item = make("li");
      item.append(swatch(index), make("span", name || "all"), make("b"));
      return item;
    }),
  );
  section.querySelector(".rows").replaceChildren(table(section.querySelector("h3").textContent, times, lines, unit));
  if (!lines.length) return;
  tell(list, lines, unit, null);
  const values = [times, ...lines.map((line) => line.values)];
  plots.set(section.id, new window.uPlot(options(chart, list, lines, unit), values, chart));
}

function alert({ name, severity, state, since, summary, impact }) {
  const item = make("li", "", state === "firing" ? severity : "pending");
  const title = make("b", `${name}: ${summary}`);
  const when = state === "firing" ? `Raised (${severity})` : `Would be raised (${severity})`;
  const time = make("p", `${when}, since ${new Date(since).toLocaleString()}. `, "when");
  const link = make("a", `What to do about ${name}`);
  link.href = `/observe/runbooks/${encodeURIComponent(name)}`;
  time.append(link);
  item.append(title, make("p", impact), time);
  return item;
}

function showAlerts(alerts) {
  const raised = alerts.filter(({ state }) => state === "firing").map(alert);
  const waiting = alerts.filter(({ state }) => state !== "firing").map(alert);
  byId("raised").replaceChildren(...(raised.length ? raised : [make("li", "No alert is raised.", "none")]));
  byId("waiting").replaceChildren(...waiting);
  byId("waiting").parentElement.hidden = !waiting.length;
  byId("how-many").textContent =
    `${waiting.length} more ${waiting.length === 1 ? "condition holds" : "conditions hold"}, not yet for long enough`;
}

function show(data) {
  byId("told").classList.toggle("loud", data.state !== "ok");
  byId("measured").hidden = byId("alerts").hidden = data.state !== "ok";
  if (data.state !== "ok") {
    byId("told").textContent = data.message;
    return;
  }
  byId("told").textContent = `As of ${new Date().toLocaleTimeString()}`;
  showAlerts(data.alerts);
  for (const section of document.querySelectorAll(".chart")) draw(section, data.times, data.panels[section.id]);
  last = data;
}

async function refresh() {
  clearTimeout(timer);
  const mine = (asked += 1);
  const range = byId("range").value;
  let data;
  try {
    const answer = await fetch(`/observe/data?range=${range}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    data = await answer.json();
  } catch {
    data = { state: "away", message: "The portal does not answer. It may be starting again." };
  }
  if (mine !== asked) return; // another range was chosen meanwhile
  show(data);
  if (byId("often").checked && !document.hidden) timer = setTimeout(refresh, PERIOD);
}

addEventListener("DOMContentLoaded", () => {
  byId("choice").addEventListener("submit", (event) => {
    event.preventDefault();
    refresh();
  });
  byId("range").addEventListener("change", refresh);
  byId("often").addEventListener("change", refresh);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
  dark.addEventListener("change", () => last && show(last));
  addEventListener("resize", () => {
    for (const [id, plot] of plots) {
      const { clientWidth: width, clientHeight: height } = byId(id).querySelector(".plot");
      plot.setSize({ width, height });
    }
  });
  refresh();
});
