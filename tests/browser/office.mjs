// Starts the program with a demo office, or takes one that is served already.
//
// Knows how the program is called and how it says that it is ready; it must never know a page.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the demo's folder lies. */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How long the first fill may take before it counts as failed, in milliseconds. */
const PATIENCE_MS = 15 * 60_000;

/**
 * An office to walk through: `{ address, login(role), stop() }`.
 *
 * With `COUNTERFLOW_ADDRESS` set, the office served there; its logins then come from `COUNTERFLOW_LOGINS`, the JSON list
 * that `counterflow demo --json` prints. Otherwise `program` is started on a free port with its state in `state`.
 */
export async function openOffice({ program, state }) {
  const address = process.env.COUNTERFLOW_ADDRESS;
  if (address) {
    const logins = JSON.parse(process.env.COUNTERFLOW_LOGINS ?? "[]");
    return office({ address: address.replace(/\/$/, ""), logins }, () => {});
  }
  if (!program || !state) {
    throw new Error("say which program to start (--program FILE --state FOLDER), or set COUNTERFLOW_ADDRESS");
  }
  return startOffice(program, state);
}

async function startOffice(program, state) {
  const port = await freePort();
  const call = ["demo", "--json", "--port", String(port), "--state", resolve(state)];
  const child = spawn(resolve(program), call, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const stop = () => ended(child);
  try {
    return office(await readyLine(child), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The line that tells address and logins. Lines before it tell what each stage made, and are shown. */
function readyLine(child) {
  return new Promise((ready, reject) => {
    const late = setTimeout(() => reject(new Error(`the office was not ready after ${PATIENCE_MS / 60_000} minutes`)), PATIENCE_MS);
    let rest = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (text) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const said = parsed(line);
        if (said?.address) {
          clearTimeout(late);
          ready(said);
        } else {
          console.log(`  ${line}`);
        }
      }
    });
    child.on("error", (error) => reject(new Error(`the program could not be started: ${error.message}`)));
    child.on("exit", (code, signal) => {
      clearTimeout(late);
      reject(new Error(`the program ended before it was ready, with ${signal ?? code}`));
    });
  });
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function office({ address, logins = [] }, stop) {
  const login = (role) => {
    const found = logins.find((one) => one.role === role);
    if (!found) throw new Error(`the demo prints no login for the role ${role}; it prints ${JSON.stringify(logins.map((one) => one.role))}`);
    return found;
  };
  return { address, login, stop };
}

/** Asks the program to stop as a service manager would, and forces it after ten seconds. */
async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((exited) => child.once("exit", exited));
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(force);
}

function freePort() {
  return new Promise((found, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}
