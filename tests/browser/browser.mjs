// Chromium as this project uses it, and what a page can be asked in it.
//
// Holds no address and no wording of the product: journeys say what to expect, this file says how to look.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axeSource = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Success criteria of WCAG 2.0 to 2.2, levels A and AA. */
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** How long a person would wait for a page or a button, in milliseconds. */
const PATIENCE_MS = 15_000;

/** Starts Chromium with a new, empty profile. Without the flags it would call hosts that nobody asked for. */
export async function openBrowser() {
  const profile = await mkdtemp(join(tmpdir(), "counterflow-chromium-"));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", `--disk-cache-dir=${profile}`,
    ],
  });
  return {
    browser,
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/**
 * A page as one person has it: `scripts` run or not, `language` asked for, `width` of the window in CSS pixels.
 * `session` is that of somebody signed in (`signIn`). Everything that goes wrong behind the scenes is collected in `page.complaints`.
 */
export async function openPage(browser, { address, scripts = true, language = "en", width = 1280, session } = {}) {
  const context = await browser.newContext({
    baseURL: address,
    javaScriptEnabled: scripts,
    locale: language,
    viewport: { width, height: width < 600 ? 640 : 900 },
    reducedMotion: "reduce",
    storageState: session,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.scripts = scripts;
  page.complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => page.complaints.push(`error in a script: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A page that is left while something still loads is no failure of the page.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") page.complaints.push(`not loaded: ${request.url()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) page.complaints.push(`status ${response.status()}: ${response.url()}`);
  });
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    const own = ["127.0.0.1", "localhost"].includes(hostname) || ["data:", "blob:"].includes(protocol);
    if (!own) page.complaints.push(`asks another host: ${request.url()}`);
  });
  page.close = (close => async () => { await close.call(page); await context.close(); })(page.close);
  return page;
}

/** Signs in by the form, as a person does, and gives the session. */
export async function signIn(page, { account, password }) {
  await page.goto("/sign-in");
  await page.fill('[name="account"]', account);
  await page.fill('[name="password"]', password);
  await press(page, page.locator("form").filter({ has: page.locator('[name="password"]') }));
  if (new URL(page.url()).pathname === "/sign-in") throw new Error(`\`${account}\` was not let in: ${await page.innerText("main")}`);
  return page.context().storageState();
}

/** Presses the button that sends a form, and waits for the page it leads to. */
export async function press(page, form) {
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().isNavigationRequest()),
    form.locator('button[type="submit"], button:not([type]), input[type="submit"]').first().click(),
  ]);
  await page.waitForLoadState();
  if (answer.status() >= 400) throw new Error(`sending the form to ${answer.url()} answered ${answer.status()}: ${await page.innerText("body")}`);
}

/** What axe finds wrong with the page as it stands, one line for each violation. */
export async function axeViolations(page) {
  if (page.scripts) return runAxe(page);
  const twin = await twinWithScripts(page);
  try {
    return await runAxe(twin);
  } finally {
    await twin.context().close();
  }
}

async function runAxe(page) {
  await page.evaluate(await axeSource);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } }), WCAG);
  return violations.map((found) => `${found.id}: ${found.help}: ${found.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")}`);
}

/**
 * The same document in a context where axe can run, since axe itself is a script: the page's own scripts are taken out,
 * and what it says to people without scripts is shown.
 */
async function twinWithScripts(page) {
  const shown = (await page.content())
    .replace(/<script\b[^>]*>[\s\S]*?<\/script>/gi, "")
    .replace(/<(\/?)noscript\b[^>]*>/gi, "<$1div>");
  const context = await page.context().browser().newContext({ viewport: page.viewportSize(), reducedMotion: "reduce" });
  const twin = await context.newPage();
  const address = page.url().split("#")[0];
  await twin.route((url) => url.href === address, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: shown }));
  await twin.goto(address);
  return twin;
}

/** Elements that make the page scroll sideways; none, if it does not. */
export function sidewaysScroll(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
    const name = (element) => `${element.localName}${element.id ? `#${element.id}` : ""}${element.classList.length ? `.${[...element.classList].join(".")}` : ""}`;
    return [`${root.scrollWidth} px wide in a window of ${root.clientWidth}`, ...wide.slice(0, 5).map(name)];
  });
}
