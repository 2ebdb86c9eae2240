// What holds on every page, whoever looks: the checks that each journey makes wherever it arrives.
//
// Each check gives the list of what is wrong, empty when nothing is. `selfcheck.mjs` proves that each can say no.

import { axeViolations, sidewaysScroll } from "./browser.mjs";

/** The checks of a page at rest, by name. `expected` says the language that was asked for. */
export const EVERYWHERE = [
  ["axe", (page) => axeViolations(page)],
  ["console", (page) => Promise.resolve([...page.complaints])],
  ["width", (page) => sidewaysScroll(page)],
  ["language", languageOf],
  ["outline", outlineOf],
  ["texts", missingTexts],
];

/** Runs every check and gives all that is wrong, each with the name of its check before it. */
export async function wrongWith(page, expected) {
  const wrong = [];
  for (const [name, check] of EVERYWHERE) {
    for (const finding of await check(page, expected)) wrong.push(`${name}: ${finding}`);
  }
  return wrong;
}

async function languageOf(page, { language }) {
  const told = await page.evaluate(() => document.documentElement.lang);
  return told.split("-")[0] === language ? [] : [`the page says it is in \`${told}\`, asked for was \`${language}\``];
}

/** A page has a title, one first heading and one main part: what people who cannot see it go by. */
async function outlineOf(page) {
  const found = await page.evaluate(() => ({
    title: document.title.trim(),
    headings: document.querySelectorAll("h1").length,
    mains: document.querySelectorAll("main").length,
  }));
  const wrong = [];
  if (!found.title) wrong.push("the page has no title");
  if (found.headings !== 1) wrong.push(`the page has ${found.headings} first headings`);
  if (found.mains !== 1) wrong.push(`the page has ${found.mains} main parts`);
  return wrong;
}

/** Wording that was not found or not filled in shows as its key or as a placeholder. */
async function missingTexts(page) {
  const text = await page.evaluate(() => document.body.innerText);
  const marks = [/\{\s*\$[\w-]+\s*\}/, /\bundefined\b/, /\bNaN\b/, /\[object Object\]/, /\b[a-z]+(?:-[a-z]+){2,}-(?:title|label|hint|text)\b/];
  return marks.flatMap((mark) => text.match(mark)?.[0] ?? []).map((found) => `shows \`${found}\``);
}
