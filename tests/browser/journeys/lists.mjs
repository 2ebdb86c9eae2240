// Cases by a list, with mistakes first and mended then; homes compared side by side; the letter in large print.

import { wrongWith } from "../checks.mjs";
import { press } from "../browser.mjs";
import { holds, none } from "../report.mjs";

const HEAD = "person,care,place,due,ceiling,distance";
const DUE = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);

export async function journey({ check, open, picture }) {
  for (const scripts of [true, false]) {
    for (const width of [320, 1280]) {
      const how = `${scripts ? "scripts" : "no scripts"}, ${width} px`;
      await check(`lists: a list with a wrong row opens nothing and says where; mended, it opens all (${how})`, async () => {
        const page = await open({ role: "case_manager", scripts, width });
        const mark = `List ${scripts ? "a" : "b"}${width}`;
        const good = (number) => `${mark} person ${number} (simulated),permanent,Jannali NSW,${DUE},1800,60`;
        const before = await total(page);
        await send(page, [good(1), `${mark} person 2 (simulated),permanent,No Such Place XX,never,-3,60`].join("\n"));
        const told = await page.innerText("main");
        holds(/line 3|row 3/i.test(told), `the wrong line is not named: ${told}`);
        page.complaints.length = 0;
        none(await wrongWith(page, { language: "en" }));
        await picture(page, `lists-wrong-${width}${scripts ? "" : "-no-scripts"}`);
        holds((await total(page)) === before, "cases were opened from a list with a wrong row");
        await send(page, [good(1), good(2), good(3)].join("\n"));
        holds((await total(page)) === before + 3, `${(await total(page)) - before} cases were opened from three rows`);
        await page.close();
      });
    }
  }

  await check("lists: a file that is no list is refused with what to do", async () => {
    const page = await open({ role: "case_manager" });
    await page.goto("/cases/new");
    await page.setInputFiles('input[type="file"]', { name: "photo.jpg", mimeType: "image/jpeg", buffer: Buffer.from([0xff, 0xd8, 0xff, 0, 1, 2, 3]) });
    await submitList(page);
    page.complaints.length = 0;
    none(await wrongWith(page, { language: "en" }));
    holds((await page.locator(".govuk-error-summary").count()) === 1, `nothing says what is wrong: ${await page.innerText("main")}`);
    await page.close();
  });

  for (const width of [320, 1280]) {
    await check(`candidates: homes are compared side by side (${width} px)`, async () => {
      const page = await open({ role: "case_manager", width });
      await page.goto("/cases?state=active");
      const cases = page.locator('main a[href^="/cases/"]');
      const links = await cases.evaluateAll((all) => all.map((link) => new URL(link.href).pathname));
      const one = links.find((path) => path.split("/").length === 3 && !/\/(new|list)$/.test(path));
      await page.goto(`${one}/candidates`);
      const boxes = page.locator('input[name="compare"]');
      const wanted = Math.min(3, await boxes.count());
      holds(wanted > 1, "there are not two homes to compare");
      for (let number = 0; number < wanted; number += 1) await boxes.nth(number).check({ force: true });
      await press(page, page.locator("form").filter({ has: boxes }));
      const shown = page.locator('section[aria-labelledby="compare"] thead th');
      holds((await shown.count()) === wanted, `${await shown.count()} homes are compared, ${wanted} were chosen`);
      none(await wrongWith(page, { language: "en" }));
      await picture(page, `compared-${width}`);
      await page.close();
    });
  }
}

/** Number of cases, as the foot of the worklist says it. */
async function total(page) {
  await page.goto("/cases");
  const numbers = (await page.locator(".cf-pager").first().innerText()).match(/[\d,]+/g) ?? [];
  return Number(numbers.at(-1)?.replaceAll(",", "")) || Math.max(...numbers.map((number) => Number(number.replaceAll(",", ""))));
}

async function send(page, rows) {
  await page.goto("/cases/new");
  await page.setInputFiles('input[type="file"]', { name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(`${HEAD}\n${rows}\n`) });
  await submitList(page);
}

/** Sends the list, whatever comes back. */
async function submitList(page) {
  const form = page.locator("form").filter({ has: page.locator('input[type="file"]') });
  await Promise.all([
    page.waitForResponse((response) => response.request().isNavigationRequest()),
    form.locator('button[type="submit"]').click(),
  ]);
  await page.waitForLoadState();
}
