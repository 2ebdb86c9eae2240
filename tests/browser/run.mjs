// Walks every journey in `journeys/` through a demo office.
//
// node run.mjs --program FILE --state FOLDER [--pictures FOLDER] [--only WORD]
// COUNTERFLOW_ADDRESS=http://127.0.0.1:8080 COUNTERFLOW_LOGINS='[...]' node run.mjs     an office that is served already
//
// Ends with the line 'N passed, N failed'; exit status 1 when something failed, 2 when the call is wrong.

import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBrowser, openPage, signIn } from "./browser.mjs";
import { openOffice } from "./office.mjs";
import { openReport } from "./report.mjs";

const options = { program: { type: "string" }, state: { type: "string" }, pictures: { type: "string" }, only: { type: "string" } };
const { values: call } = readCall();
const report = openReport();
const { browser, close } = await openBrowser();
let office;
try {
  office = await openOffice(call);
  const walk = walkThrough(office);
  const files = (await readdir(new URL("journeys/", import.meta.url))).filter((name) => name.endsWith(".mjs")).sort();
  for (const file of files.filter((name) => name.includes(call.only ?? ""))) {
    console.log(`\njourney ${file.replace(".mjs", "")}`);
    const { journey } = await import(new URL(`journeys/${file}`, import.meta.url));
    await journey(walk);
  }
} catch (error) {
  await report.check("the walk went to its end", () => { throw error; });
} finally {
  await close();
  await office?.stop();
}
process.exitCode = report.close();

function readCall() {
  try {
    return parseArgs({ options });
  } catch (error) {
    console.error(`run.mjs: ${error.message}`);
    process.exit(2);
  }
}

/** What a journey is handed: the office, pages in it, checks, pictures. */
function walkThrough({ address, login }) {
  const sessions = new Map();
  return {
    check: report.check,
    /** A page as somebody with `role` has it; without a role, as a visitor. */
    async open({ role, ...how } = {}) {
      if (role && !sessions.has(role)) {
        const door = await openPage(browser, { address });
        try {
          sessions.set(role, await signIn(door, login(role)));
        } finally {
          await door.close();
        }
      }
      return openPage(browser, { address, ...how, session: sessions.get(role) });
    },
    login,
    async picture(page, name) {
      if (!call.pictures) return;
      await mkdir(call.pictures, { recursive: true });
      await page.screenshot({ path: join(call.pictures, `${name}.png`), fullPage: true });
    },
  };
}
