// TeX in, HTML out: one JSON object per line, answered in order. argv[2]: folder of node_modules.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const katex = createRequire(process.argv[2] + "/")("katex");

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { html: katex.renderToString(tex, { displayMode: display, strict: "ignore" }) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
