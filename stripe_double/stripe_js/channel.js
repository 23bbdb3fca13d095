// A frame of the double's own pages within the shop's page, and the private line to it. Runs in the shop's page.

/**
 * `told` gets the frame's news: (kind, data). Nobody but the frame's own document gets the line's other end, as it is
 * sent to the double's origin alone.
 */
function openFrame(path, { title, opening, told }) {
  const frame = document.createElement("iframe");
  frame.src = HOME + path;
  frame.title = title;
  frame.allow = "payment *";
  const { port1: line, port2: end } = new MessageChannel();
  const waiting = new Map();
  let number = 0;
  line.onmessage = ({ data }) => {
    if (data.answer === undefined) return told(data.kind, data.data);
    waiting.get(data.answer)?.(data.data);
    waiting.delete(data.answer);
  };
  frame.addEventListener("load", () => frame.contentWindow.postMessage({ opening }, HOME, [end]), { once: true });
  return {
    frame,
    tell: (kind, data) => line.postMessage({ kind, data }),
    ask: (kind, data) =>
      new Promise((resolve) => {
        waiting.set((number += 1), resolve);
        line.postMessage({ kind, data, number });
      }),
    close() {
      line.close();
      frame.remove();
      for (const resolve of waiting.values()) resolve({ error: UNREACHED });
    },
  };
}

/** Styles by the object model, which a page's policy on styles does not concern. */
function style(element, styles) {
  Object.assign(element.style, styles);
  return element;
}
