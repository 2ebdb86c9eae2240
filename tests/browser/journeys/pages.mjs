// Every page, as each kind of person has it: both languages, phone and desk, with and without scripts.
//
// One line in PAGES for each page; what holds on all of them stands in `checks.mjs`.

import { wrongWith } from "../checks.mjs";
import { holds, none } from "../report.mjs";

/** Name, who looks, the address; `first` is the link to follow from there, where the page is one of many. */
const PAGES = [
  { name: "sign-in", address: "/sign-in" },
  { name: "home", address: "/" },
  { name: "homes", address: "/homes" },
  { name: "one-home", address: "/homes", first: "/homes/" },
  { name: "datasets", address: "/datasets" },
  { name: "one-dataset", address: "/datasets", first: "/datasets/" },
  { name: "home-of-case-manager", role: "case_manager", address: "/" },
  { name: "worklist", role: "case_manager", address: "/cases" },
  { name: "intake", role: "case_manager", address: "/cases/new" },
  { name: "case", role: "case_manager", address: "/cases", first: "/cases/" },
  { name: "candidates", role: "case_manager", address: "/cases", first: "/cases/", below: "/candidates" },
  { name: "sources", role: "steward", address: "/sources" },
  { name: "one-source", role: "steward", address: "/sources", first: "/sources/" },
  { name: "problems", role: "steward", address: "/problems" },
  { name: "review", role: "reviewer", address: "/review" },
  { name: "signals", role: "analyst", address: "/signals" },
  { name: "accounts", role: "administrator", address: "/accounts" },
  { name: "audit", role: "administrator", address: "/audit" },
];

/** Walks to every page in every way. */
export async function journey({ check, open, picture }) {
  for (const language of ["en", "es"]) {
    for (const scripts of [true, false]) {
      for (const width of [320, 1280]) {
        const how = `${language}, ${scripts ? "scripts" : "no scripts"}, ${width} px`;
        for (const wanted of PAGES) {
          await check(`${wanted.name} (${how})`, async () => {
            const page = await open({ role: wanted.role, language, scripts, width });
            try {
              await arrive(page, wanted, language);
              none(await wrongWith(page, { language }));
              await picture(page, `${wanted.name}-${language}-${width}${scripts ? "" : "-no-scripts"}`);
            } finally {
              await page.close();
            }
          });
        }
      }
    }
  }
  await check("an address that leads nowhere says so", async () => {
    const page = await open();
    const answer = await page.goto("/no-such-page");
    holds(answer.status() === 404, `status ${answer.status()}`);
    // Chromium reports the status of the page itself on the console; that one is meant.
    page.complaints.length = 0;
    none(await wrongWith(page, { language: "en" }));
    await page.close();
  });
}

async function arrive(page, { address, first, below = "" }, language) {
  await visit(page, address, language);
  if (!first) return;
  const links = await page.locator(`a[href^="${first}"]`).evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
  const one = links.find((path) => path.split("/").length === 3 && !/\/(new|list|import)$/.test(path));
  holds(one, `no link to ${first}… on ${address}`);
  await visit(page, one + below, language);
}

async function visit(page, address, language) {
  const answer = await page.goto(`${address}?lang=${language}`, { waitUntil: "load" });
  holds(answer.status() === 200, `${address} answered ${answer.status()}`);
}
