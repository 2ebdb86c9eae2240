// Counts what passed and failed, and says it in a way that people and CI read.

/** How long one check may take, in milliseconds. */
const PATIENCE_MS = 120_000;

/** A count of checks: `check(name, run)` runs one, `close()` prints the closing line and gives the exit status. */
export function openReport() {
  let passed = 0;
  let failed = 0;
  return {
    /** Runs one check; an exception is its failure. Gives whether it passed. */
    async check(name, run) {
      try {
        await withinTime(run());
        passed += 1;
        console.log(`ok      ${name}`);
        return true;
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}\n        ${String(error?.message ?? error).replaceAll("\n", "\n        ")}`);
        return false;
      }
    },
    close() {
      console.log(`\n${passed} passed, ${failed} failed`);
      return failed === 0 && passed > 0 ? 0 : 1;
    },
  };
}

/** A check that hangs has failed; the others still run. */
async function withinTime(promise) {
  let clock;
  const late = new Promise((_, reject) => {
    clock = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(clock);
  }
}

/** Throws when a list of findings is not empty. */
export function none(findings) {
  if (findings.length > 0) throw new Error(findings.join("\n"));
}

/** Throws with `message` when `condition` does not hold. */
export function holds(condition, message) {
  if (!condition) throw new Error(message);
}
