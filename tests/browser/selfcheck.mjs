// Proves that the harness can say no: a good page passes every check, and each bad page fails exactly the one it should.
//
// Serves its own pages; the product is not needed and not started.

import { createServer } from "node:http";
import { openBrowser, openPage } from "./browser.mjs";
import { EVERYWHERE } from "./checks.mjs";
import { holds, openReport } from "./report.mjs";

const frame = (body, { lang = "en", head = "" } = {}) =>
  `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A page</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;

const GOOD = "<main><h1>A page</h1><p>Text.</p></main>";

/** Address, page, the one check that must say no (none for the good page), and whether that needs scripts. */
const PAGES = [
  ["/good", frame(GOOD), undefined],
  ["/picture-without-words", frame(`<main><h1>A page</h1><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main>`), "axe"],
  ["/field-without-label", frame("<main><h1>A page</h1><input></main>"), "axe"],
  ["/pale", frame(`<main><h1>A page</h1><p style="color:#ccc;background:#fff">Pale.</p></main>`), "axe"],
  ["/script-error", frame(`${GOOD}<script>throw new Error("broken")</script>`), "console", true],
  ["/console-error", frame(`${GOOD}<script>console.error("broken")</script>`), "console", true],
  ["/lost-style", frame(GOOD, { head: `<link rel="stylesheet" href="/lost.css">` }), "console"],
  ["/other-host", frame(`${GOOD}<img alt="" src="http://elsewhere.invalid/a.png">`), "console"],
  ["/wide", frame(`<main><h1>A page</h1><div style="width:900px">Wide.</div></main>`), "width"],
  ["/other-language", frame(GOOD, { lang: "es" }), "language"],
  ["/two-headings", frame(`<main><h1>One</h1><h1>Two</h1></main>`), "outline"],
  ["/placeholder", frame("<main><h1>A page</h1><p>For { $name }</p></main>"), "texts"],
];

const server = createServer((request, response) => {
  const page = PAGES.find(([address]) => address === request.url);
  response.writeHead(page ? 200 : 404, { "content-type": "text/html" });
  response.end(page?.[1] ?? "");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}`;
const report = openReport();
const { browser, close } = await openBrowser();
for (const scripts of [true, false]) {
  for (const [path, , culprit, needsScripts] of PAGES.filter((page) => scripts || !page[3])) {
    await report.check(`harness, scripts ${scripts ? "on" : "off"}: ${path} ${culprit ? `is refused by ${culprit}` : "is accepted"}`, async () => {
      const page = await openPage(browser, { address, scripts, width: 320 });
      await page.goto(path);
      const refusing = [];
      for (const [name, check] of EVERYWHERE) {
        if ((await check(page, { language: "en" })).length > 0) refusing.push(name);
      }
      await page.close();
      holds(refusing.join() === (culprit ?? ""), `refused by: ${refusing.join(", ") || "nobody"}`);
    });
  }
}
await close();
server.close();
process.exitCode = report.close();
