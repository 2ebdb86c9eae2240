// Work by keyboard alone: the review queue with its undo, the worklist, signals. A mouse is never moved.

import { wrongWith } from "../checks.mjs";
import { holds, none } from "../report.mjs";

export async function journey({ check, open, picture }) {
  await check("keyboard: a pair is judged by one key, and the judgement is taken back", async () => {
    const page = await open({ role: "reviewer" });
    await page.goto("/review");
    const pair = await shownPair(page);
    const left = await counts(page);
    await key(page, "d");
    none(await wrongWith(page, { language: "en" }));
    await picture(page, "keyboard-review-judged");
    const next = await shownPair(page);
    holds(next !== pair, "the same pair stands there after it was judged");
    holds((await counts(page)) === left - 1, `${await counts(page)} pairs are left after one of ${left} was judged`);
    await focus(page, page.locator(".cf-undo button"));
    await key(page, "Enter");
    holds((await counts(page)) === left, `${await counts(page)} pairs are left after taking back, not ${left}`);
    await page.close();
  });

  await check("keyboard: j, k and Enter walk the worklist, x chooses, the place is kept", async () => {
    const page = await open({ role: "case_manager" });
    await page.goto("/cases");
    for (const one of ["j", "j", "j", "k"]) await page.keyboard.press(one);
    holds((await current(page)) === 1, `j, j, j, k lead to row ${await current(page)}, not 1`);
    await page.keyboard.press("x");
    const chosen = page.locator("[data-keys-current] input[type=checkbox]");
    holds(await chosen.isChecked(), "x does not choose the row");
    const href = await page.locator("[data-keys-current] [data-keys-open]").getAttribute("href");
    await key(page, "Enter");
    holds(new URL(page.url()).pathname === href, `Enter leads to ${page.url()}, not ${href}`);
    await page.goBack();
    holds((await current(page)) === 1, `coming back leads to row ${await current(page)}, not 1`);
    await page.keyboard.press("?");
    holds(await page.locator("dialog#keys").isVisible(), "? does not show the keys");
    await page.keyboard.press("Escape");
    await page.close();
  });

  await check("keyboard: the first press of Tab leads past the menu", async () => {
    const page = await open();
    await page.goto("/homes");
    await page.keyboard.press("Tab");
    const href = await page.evaluate(() => document.activeElement.getAttribute("href"));
    holds(href === "#main" || href === "#main-content", `Tab leads to ${href}`);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    holds(await page.evaluate(() => Boolean(document.activeElement.closest("main"))), "the skip link does not lead into the page");
    await page.close();
  });

  await check("keyboard: a signal is taken, refused a reason that says nothing, and dismissed with one", async () => {
    const page = await open({ role: "analyst" });
    await page.goto("/signals?state=open");
    await page.keyboard.press("j");
    await key(page, "Enter");
    holds(/^\/signals\/[^/]+$/.test(new URL(page.url()).pathname), `Enter leads to ${page.url()}`);
    await focus(page, page.locator('form[action$="/take"] button'));
    await key(page, "Enter");
    const form = page.locator('form[action$="/dismiss"]');
    const folded = page.locator("main details:not([open])").filter({ has: form });
    if (await folded.count()) {
      await focus(page, folded.locator("summary").first());
      await page.keyboard.press("Enter");
    }
    await focus(page, form.locator("textarea"));
    await page.keyboard.type("no");
    await focus(page, form.locator("button"));
    const refused = await key(page, "Enter");
    holds(refused.status() === 422, `a reason of two letters answered ${refused.status()}`);
    // Chromium reports the status of the page itself on the console; that one is meant.
    page.complaints.length = 0;
    none(await wrongWith(page, { language: "en" }));
    await focus(page, page.locator('form[action$="/dismiss"] textarea'));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("One loud week, and nothing after it.");
    await focus(page, page.locator('form[action$="/dismiss"] button'));
    const done = await key(page, "Enter");
    holds(done.status() < 400, `a good reason answered ${done.status()}`);
    holds((await page.innerText("main")).includes("One loud week"), "the reason is not shown");
    await picture(page, "keyboard-signal-dismissed");
    await page.close();
  });
}

/** Presses a key that leads to another page; gives its answer. */
async function key(page, name) {
  const [answer] = await Promise.all([page.waitForNavigation(), page.keyboard.press(name)]);
  return answer;
}

/** Tabs to an element, as somebody without a mouse does. */
async function focus(page, locator) {
  holds(await locator.count(), `there is no ${locator}`);
  const wanted = await locator.first().elementHandle();
  for (let presses = 0; presses < 300; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`300 presses of Tab do not lead to ${locator}`);
}

async function current(page) {
  return page.locator("[data-keys-row]").evaluateAll((rows) => rows.findIndex((row) => row.hasAttribute("data-keys-current")));
}

async function shownPair(page) {
  const sides = page.locator('main input[name="left"], main input[name="right"]');
  holds((await sides.count()) === 2, `no pair is shown: ${await page.innerText("main")}`);
  return (await sides.evaluateAll((inputs) => inputs.map((input) => input.value))).join(" ");
}

/** Pairs left, as the first sentence says it. */
async function counts(page) {
  const text = await page.locator("main > p.govuk-body, main p.govuk-body").first().innerText();
  return Number(text.match(/[\d,]+/)?.[0].replaceAll(",", ""));
}
