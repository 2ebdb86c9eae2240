// The main job, from intake to letter: a case manager places a person in a home, in each way a person may have the pages.
//
// Fills forms by their names and presses their buttons; it must never call an address that no page led to.

import { wrongWith } from "../checks.mjs";
import { press } from "../browser.mjs";
import { holds, none } from "../report.mjs";

/** What is written into a field, by the words in its name; whatever is not named here gets what its kind allows. */
const ANSWERS = [
  [/person|name/, "Maria Ejemplo (simulated)"],
  [/place|locality/, "Jannali"],
  [/distance/, "60"],
  [/ceiling|price|budget/, "2000"],
  [/reason|note|objection/, "The family lives nearby and visits every day."],
];

/** By when a place is needed: far enough ahead to be no emergency. */
const DUE = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);

/** Walks the job in every way. */
export async function journey(walk) {
  for (const language of ["en", "es"]) {
    for (const scripts of [true, false]) {
      for (const width of [320, 1280]) {
        await place(walk, { language, scripts, width });
      }
    }
  }
}

async function place({ check, open, picture }, how) {
  const { language, scripts, width } = how;
  const told = `${language}, ${scripts ? "scripts" : "no scripts"}, ${width} px`;
  const label = `placement-${language}-${width}${scripts ? "" : "-no-scripts"}`;
  const page = await open({ role: "case_manager", ...how });
  const found = {};
  // A step needs the one before it; after a failure the rest of this walk says so instead of failing one by one.
  const steps = [
    ["intake", () => intake(page, language, found)],
    ["candidates", () => candidates(page, language, found)],
    ["decision", () => decision(page, found)],
    ["letter", () => letter(page, language, found)],
    ["objection", () => objection(page, found)],
  ];
  for (const [name, walkTo] of steps) {
    const passed = await check(`placement: ${name} (${told})`, async () => {
      await walkTo();
      none(await wrongWith(page, { language }));
      await picture(page, `${label}-${name}`);
    });
    if (!passed) break;
  }
  await page.close();
}

async function intake(page, language, found) {
  await page.goto(`/cases/new?lang=${language}`);
  const form = page.locator("main form").first();
  await fill(form);
  await press(page, form);
  const id = new URL(page.url()).pathname.match(/^\/cases\/([^/]+)/)?.[1];
  holds(id && id !== "new", `the form led to ${page.url()}: ${await page.innerText("main")}`);
  found.id = id;
}

async function candidates(page, language, found) {
  await follow(page, `a[href*="/cases/${found.id}/candidates"]`, `/cases/${found.id}/candidates`);
  const homes = page.locator('main a[href^="/homes/"]');
  holds((await homes.count()) > 0, `no home is offered: ${await page.innerText("main")}`);
  // Every figure can be asked why.
  holds((await page.locator("main details, main a[href*='why']").count()) > 0, "no figure says why it is what it is");
}

async function decision(page, found) {
  const address = `/cases/${found.id}/decision`;
  const link = page.locator(`main a[href*="${address}"]`).first();
  const form = page.locator(`main form[action*="${address}"]`).first();
  if (!(await form.count())) {
    holds(await link.count(), "no way leads from the candidates to a decision");
    await page.goto(await link.getAttribute("href"));
  }
  await fill(form);
  await press(page, form);
}

async function letter(page, language, found) {
  await page.goto(`/cases/${found.id}`);
  const home = (await page.locator('main a[href^="/homes/"]').first().innerText()).trim();
  await follow(page, `a[href*="/cases/${found.id}/letter"]`, `/cases/${found.id}/letter`);
  const text = await page.innerText("main");
  const expected = language === "es" ? [/objetar|objeci|oponerse|reclam|recurr/i, /fuente|datos|información que no es nuestra/i] : [/object/i, /source|data/i];
  for (const word of expected) holds(word.test(text), `the letter does not say ${word}: ${text}`);
  holds(text.includes(home), `the letter does not name \`${home}\`, which was chosen: ${text}`);
  holds((await page.locator('main a[href^="/sources/"]').count()) > 0, `the letter names no source of outside data: ${text}`);
  holds(/simulad|simulated/i.test(await page.innerText("body")), "a page with simulated data does not say so");
}

async function objection(page, found) {
  await page.goto(`/cases/${found.id}`);
  const form = page.locator('main form[action*="objection"]').first();
  holds(await form.count(), "a decided case has no way to object");
  const folded = page.locator("main details:not([open])").filter({ has: page.locator('form[action*="objection"]') });
  if (await folded.count()) await folded.locator("summary").first().click();
  await fill(form);
  await press(page, form);
}

/** Follows a link that must be on the page. */
async function follow(page, selector, where) {
  if (new URL(page.url()).pathname.endsWith(where)) return;
  const link = page.locator(selector).first();
  holds(await link.count(), `no link to ${where} on ${page.url()}`);
  const address = await link.getAttribute("href");
  // The link is followed by its address: it may lie in a part that is folded at phone width.
  const answer = await page.goto(address);
  holds(answer.status() === 200, `${address} answered ${answer.status()}`);
}

/** Fills every field that is empty, as a person in a hurry would. */
async function fill(form) {
  const fields = form.locator("input:visible, select:visible, textarea:visible");
  const answered = new Set();
  for (let at = 0; at < (await fields.count()); at += 1) {
    const field = fields.nth(at);
    const about = await field.evaluate((element) => ({
      tag: element.localName, type: element.type, name: element.name, value: element.value, min: element.min,
      options: element.localName === "select" ? [...element.options].map((option) => option.value) : [],
      required: element.required, listed: element.getAttribute("list"),
    }));
    if (["submit", "button", "file", "search"].includes(about.type)) continue;
    if (about.type === "radio" || about.type === "checkbox") {
      if (about.type === "radio" && !answered.has(about.name)) await field.check({ force: true });
      if (about.type === "checkbox" && about.required) await field.check({ force: true });
      answered.add(about.name);
    } else if (about.tag === "select") {
      const wanted = answerTo(about.name);
      const option = about.options.includes(wanted) ? wanted : about.value || about.options.find((value) => value !== "");
      if (option !== undefined) await field.selectOption(option);
    } else if (!about.value) {
      await field.fill(byKind(about));
    }
  }
}

function byKind({ type, name, min }) {
  if (type === "date") return DUE;
  const answer = answerTo(name);
  if (type === "number") return /^\d+$/.test(answer ?? "") ? answer : min || "1";
  return answer ?? "Simulated answer";
}

function answerTo(name) {
  return ANSWERS.find(([words]) => words.test(name.toLowerCase()))?.[1];
}
