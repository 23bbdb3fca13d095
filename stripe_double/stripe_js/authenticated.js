// Says to the page around this frame that the person has answered. How, only the intent says, and only to its secret.
window.parent.postMessage({ kind: "authenticated" }, "*");
